import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import type { JobId } from "@vsl/events";
import { createPublisher } from "@vsl/events/publish";
import type { Context } from "aws-lambda";
import { Resource } from "sst";
import * as z from "zod";
import { createDocumentClient } from "./adapters/dynamo-client.ts";
import { createDynamoPauses } from "./adapters/dynamo-pauses.ts";
import { createDynamoPredictions } from "./adapters/dynamo-predictions.ts";
import { createLog } from "./adapters/powertools-log.ts";
import { createReplicateUpstream, longestRequestMs } from "./adapters/replicate-upstream.ts";
import { createGate, createMemoryPauses } from "./gate.ts";
import { polledEveryMs } from "./keep-prediction.ts";
import { createPace, limitOfCreates, limitOfReads } from "./pace.ts";
import { canCallBack, webhookUrlOf } from "./webhook-url.ts";

/**
 * What every function of the service is made of. A module is evaluated once a process, so functions that share one, as on one
 * machine, also share the pace at which they may call Replicate.
 */
const linksSchema = z.object({
  Api: z.object({ url: z.url() }),
  Bus: z.object({ name: z.string().min(1) }),
  Predictions: z.object({ name: z.string().min(1) }),
  Replicate: z.object({ baseUrl: z.url() }),
  ReplicateApiToken: z.object({ value: z.string().min(1) }),
});
const links = linksSchema.parse(Resource);

const client = createDocumentClient();
const upstreamUrl = links.Replicate.baseUrl;
const callBack = { apiUrl: links.Api.url, upstreamUrl };

export const log = createLog();

const ports = {
  records: createDynamoPredictions(client, links.Predictions.name),
  publish: createPublisher({ client: new EventBridgeClient({}), busName: links.Bus.name }),
  creates: createGate({
    pace: createPace(limitOfCreates),
    pauses: createDynamoPauses(client, links.Predictions.name),
    log,
  }),
  reads: createGate({ pace: createPace(limitOfReads), pauses: createMemoryPauses(), log }),
  webhookUrlOf: (jobId: JobId) => webhookUrlOf(jobId, callBack),
  polledEveryMs: canCallBack(callBack) ? null : polledEveryMs,
  log,
  now: Date.now,
};

/** Kept free at the end of an invocation, to write down what a call to Replicate has brought. */
const writingMs = 3_000;

/** No call to Replicate outlives the invocation that makes it. */
export function portsOf(context: Context) {
  const deadlineMs = () => Math.min(longestRequestMs, context.getRemainingTimeInMillis() - writingMs);
  const upstream = createReplicateUpstream({ token: links.ReplicateApiToken.value, baseUrl: upstreamUrl, deadlineMs });
  return { ...ports, upstream };
}

/** Until when a scheduled function may begin something new; epoch milliseconds. */
export const workUntil = (context: Context) => Date.now() + context.getRemainingTimeInMillis() - 10_000;
