import { type Delivered, Permanent, type PredictionCompleted, type Publish } from "@vsl/events";
import { type Heard, nothingToAnnounce } from "@vsl/events/hear";
import { type Attempt, lossOf, retryOf } from "./loss.ts";
import type { Verdicts } from "./media-bucket.ts";
import { mediaPrefix } from "./media-key.ts";
import { type OutputOfJob, type StoreOutputPorts, storeOutput } from "./store-output.ts";
import type { InTurn } from "./turns.ts";
import { announcementOf, type Verdict } from "./verdict.ts";

export interface StoreMediaPorts extends StoreOutputPorts, Verdicts {
  publish: Publish;
  inTurn: InTurn;
  /** Epoch milliseconds at which this invocation should have come to its end. */
  giveUpAt: number;
  now: () => number;
}

type Settled = Pick<Verdict, "media" | "lost">;

/**
 * Copies a job's outputs into our bucket before Replicate deletes them, then says so. Safe to repeat: objects first, then the
 * verdict, which is written once, then its announcement; whoever comes again goes on where the last one died.
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
  const verdict = (await ports.findVerdict(payload.jobId)) ?? (await decide(ports, payload, receiveCount));
  await ports.publish([announcementOf(payload, verdict, correlationId)]);
  return nothingToAnnounce;
}

/** Throws while anything is undecided, once nothing is under way any more. */
async function decide(
  ports: StoreMediaPorts,
  payload: Delivered<typeof PredictionCompleted>["payload"],
  receiveCount: number,
): Promise<Verdict> {
  const { mediaType, outputs } = payload;
  const prefix = mediaPrefix(payload);
  const storedKeys = receiveCount > 1 ? await ports.findMedia(prefix) : [];
  const outputsExpireAt = Date.parse(payload.outputsExpireAt);
  const attempt = () => ({ now: ports.now(), outputsExpireAt, receiveCount });
  const settled = await Promise.allSettled(
    outputs.map((output) => settleOutput(ports, { ...output, mediaType, prefix, storedKeys }, attempt)),
  );
  const undecided = settled.find((result) => result.status === "rejected");
  if (undecided) throw undecided.reason;
  const decided = settled.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  return ports.saveVerdict(payload.jobId, {
    media: decided.flatMap(({ media }) => media),
    lost: decided.flatMap(({ lost }) => lost),
    decidedAt: new Date(ports.now()).toISOString(),
  });
}

async function settleOutput(
  { inTurn, giveUpAt, ...ports }: StoreMediaPorts,
  output: OutputOfJob,
  attempt: () => Attempt,
): Promise<Settled> {
  try {
    const media = await inTurn({ expiresAt: attempt().outputsExpireAt, giveUpAt }, () => storeOutput(ports, output));
    return { media: [media], lost: [] };
  } catch (error) {
    const loss = lossOf(error, attempt());
    if (loss) return { media: [], lost: [{ index: output.index, error: loss }] };
    throw retryOf(error, attempt());
  }
}
