import { type Delivered, type PayloadOf, Permanent, type PredictionCompleted, type Publish } from "@vsl/events";
import { type Heard, nothingToAnnounce } from "@vsl/events/hear";
import { type Attempt, lossOf, retryOf } from "./loss.ts";
import type { FoundVerdict, Verdicts } from "./media-bucket.ts";
import { claimedKey, findKey, mediaPrefix } from "./media-key.ts";
import { type OutputOfJob, type StoredOutput, type StoreOutputPorts, storeOutput } from "./store-output.ts";
import type { InTurn } from "./turns.ts";
import { announcementOf, type Outcome, type Verdict } from "./verdict.ts";

export interface StoreMediaPorts extends StoreOutputPorts, Verdicts {
  publish: Publish;
  inTurn: InTurn;
  /** Epoch milliseconds at which this invocation should have come to its end. */
  giveUpAt: number;
}

type Completed = PayloadOf<typeof PredictionCompleted>;

/**
 * Copies a job's outputs into our bucket before Replicate deletes them, then says so. Safe to repeat: objects first, then, if one
 * is lost, the verdict, then the announcement; whoever comes again goes on where the last one died, and reads back what it left.
 *
 * Announces by itself instead of with its batch: the media of a fast job do not wait for a slow one's.
 */
export async function storeMedia(
  ports: StoreMediaPorts,
  { payload, correlationId, replayName }: Delivered<typeof PredictionCompleted>,
  receiveCount: number,
): Promise<Heard> {
  // The rule keeps replays away; should one come all the same, its outputs are long gone, and here.
  if (payload.outcome !== "succeeded" || replayName !== null) return nothingToAnnounce;
  if (payload.outputs.length === 0) throw new Permanent("a prediction that succeeded has no outputs to store");
  const found = await ports.findVerdict(payload.jobId);
  const outcome = found ? await finish(ports, payload, found) : await decide(ports, payload, receiveCount);
  await ports.publish([announcementOf(payload, outcome, correlationId)]);
  return nothingToAnnounce;
}

/** Throws while anything is undecided, once nothing is under way any more. */
async function decide(ports: StoreMediaPorts, payload: Completed, receiveCount: number): Promise<Outcome> {
  const outputsExpireAt = Date.parse(payload.outputsExpireAt);
  const attempt = () => ({ now: ports.now(), outputsExpireAt, receiveCount });
  const prefix = mediaPrefix(payload);
  // The first delivery rarely finds anything: only the likely places are looked at.
  const storedKeys = receiveCount > 1 ? await ports.findMedia(prefix) : await findClaimed(ports, prefix, payload);
  const outputs = outputsOf(payload, { prefix, storedKeys });
  const settled = await Promise.allSettled(outputs.map((output) => settleOutput(ports, output, attempt)));
  const undecided = settled.find((result) => result.status === "rejected");
  if (undecided) throw undecided.reason;
  const decided = settled.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const stored = decided.flatMap(({ stored: one }) => one);
  const lost = decided.flatMap((one) => one.lost);
  if (lost.length === 0) {
    // Whoever has met a loss in the meantime decides together with everybody who looks.
    const found = await ports.findVerdict(payload.jobId);
    return found ? finish(ports, payload, found) : allStored(stored);
  }
  const proposal: Verdict = {
    media: stored.map(({ media }) => media),
    lost,
    decidedAt: new Date(ports.now()).toISOString(),
    isFinal: false,
  };
  return finish(ports, payload, await ports.saveVerdict(payload.jobId, proposal, null));
}

/**
 * Makes a proposed verdict final, once and for all. Whoever saw no verdict after storing everything has stored it before there was
 * one, so this look at the bucket finds it: a job is never announced both as stored and as lost.
 */
async function finish(ports: StoreMediaPorts, payload: Completed, found: FoundVerdict): Promise<Outcome> {
  if (found.verdict.isFinal) return found.verdict;
  const prefix = mediaPrefix(payload);
  const outputs = outputsOf(payload, { prefix, storedKeys: await ports.findMedia(prefix) });
  const isAllThere = outputs.every(({ storedKeys, index }) => findKey(storedKeys, prefix, index));
  const outcome = isAllThere
    ? allStored(await Promise.all(outputs.map((output) => storeOutput(ports, output))))
    : found.verdict;
  const { verdict } = await ports.saveVerdict(payload.jobId, { ...outcome, isFinal: true }, found);
  if (!verdict.isFinal) throw new Error("a verdict has changed back");
  return verdict;
}

const outputsOf = (
  { outputs, mediaType }: Completed,
  found: Pick<OutputOfJob, "prefix" | "storedKeys">,
): OutputOfJob[] => outputs.map((output) => ({ ...output, mediaType, ...found }));

async function findClaimed(ports: StoreMediaPorts, prefix: string, { outputs }: Completed): Promise<string[]> {
  const likely = outputs.flatMap((output) => claimedKey(prefix, output) ?? []);
  if (likely.length < outputs.length) return ports.findMedia(prefix);
  const found = await Promise.all(likely.map(async (key) => ((await ports.hasMedia(key)) ? [key] : [])));
  return found.flat();
}

/** Decided when the last of them was stored, whoever says so. */
const allStored = (stored: readonly StoredOutput[]): Outcome => ({
  media: stored.map(({ media }) => media),
  lost: [],
  decidedAt: stored.map(({ storedAt }) => storedAt).reduce((latest, next) => (next > latest ? next : latest)),
});

async function settleOutput(
  { inTurn, giveUpAt, ...ports }: StoreMediaPorts,
  output: OutputOfJob,
  attempt: () => Attempt,
): Promise<{ stored: StoredOutput[]; lost: Outcome["lost"] }> {
  try {
    const stored = await inTurn({ expiresAt: attempt().outputsExpireAt, giveUpAt }, () => storeOutput(ports, output));
    return { stored: [stored], lost: [] };
  } catch (error) {
    const loss = lossOf(error, attempt());
    if (loss) return { stored: [], lost: [{ index: output.index, error: loss }] };
    throw retryOf(error, attempt());
  }
}
