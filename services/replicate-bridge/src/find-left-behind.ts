import type { Gate } from "./gate.ts";
import { cancelExtra, claimPrediction, type KeepPorts } from "./keep-prediction.ts";
import { oldestFirst, ownership, searchFrom } from "./own-prediction.ts";
import type { Prediction } from "./prediction.ts";
import type { Waiting } from "./record.ts";
import { isTrouble, type Upstream } from "./upstream.ts";

export interface FindPorts extends KeepPorts {
  upstream: KeepPorts["upstream"] & Pick<Upstream, "findPredictions">;
  reads: Gate;
}

const searchTurnWithinMs = 2_000;

/** What an earlier attempt left upstream; null when there certainly is nothing. */
export async function findLeftBehind(ports: FindPorts, waiting: Waiting): Promise<Prediction | null | "unclear"> {
  if (waiting.attemptedAt === null) return null;
  if (!(await ports.reads.enter(searchTurnWithinMs))) return "unclear";
  const answer = await ports.upstream.findPredictions({
    createdAfter: searchFrom(waiting.attemptedAt),
    matches: (prediction) => ownership(prediction, waiting) !== null,
  });
  await ports.reads.note(answer);
  if (isTrouble(answer)) {
    const error = answer.kind === "unclear" ? answer.reason : answer.kind;
    ports.log({ level: "WARN", message: "search unclear", jobId: waiting.jobId, error });
    return "unclear";
  }
  const found = oldestFirst(answer.predictions);
  const [named, ...extra] = found.filter((prediction) => ownership(prediction, waiting) === "named");
  if (named) {
    await Promise.all(extra.map((prediction) => cancelExtra(ports, waiting.jobId, prediction)));
    return named;
  }
  if (ports.webhookUrlOf(waiting.jobId) !== null) return null;
  for (const alike of found) {
    if (await claimPrediction(ports, waiting.jobId, alike)) return alike;
  }
  return null;
}
