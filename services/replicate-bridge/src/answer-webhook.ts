import { setTimeout as sleep } from "node:timers/promises";
import { type JobId, jobIdSchema, type Publish } from "@vsl/events";
import type { Heard } from "@vsl/events/hear";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { Webhook } from "standardwebhooks";
import { type Log, reasonOf } from "./log.ts";
import { type Prediction, predictionSchema, terminalStatusOf } from "./prediction.ts";
import { settle } from "./settle.ts";
import { msOf } from "./timestamp.ts";
import { isSigned } from "./webhook-signature.ts";

export interface WebhookAnswerPorts {
  secrets: readonly Webhook[];
  receive: (webhook: { prediction: Prediction; namedJob: JobId | null }) => Promise<Heard>;
  publish: Publish;
  metrics: { measureLatency: (ms: number) => void; flush: () => Promise<void> };
  log: Log;
  now: () => number;
}

type WebhookRequest = Pick<APIGatewayProxyEventV2, "headers" | "body" | "isBase64Encoded" | "queryStringParameters">;

/** Metrics go out beside the work; they may hold up the answer no longer than this. */
const metricsWithinMs = 200;

/** The HTTP edge: 401 for what upstream did not sign, 200 for what it did, 503 when we could not take it, so that it comes again. */
export async function answerWebhook(
  ports: WebhookAnswerPorts,
  request: WebhookRequest,
): Promise<APIGatewayProxyStructuredResultV2> {
  const receivedAt = ports.now();
  const body = Buffer.from(request.body ?? "", request.isBase64Encoded ? "base64" : "utf8").toString("utf8");
  if (!isSigned(ports.secrets, { headers: request.headers, body })) {
    return answer(401, { error: "Invalid webhook signature", code: "webhook.unsigned" });
  }
  const prediction = parsePrediction(body);
  if (!prediction) return answer(200, { received: true }, { effect: "unreadable" });
  const namedJob = jobIdSchema.safeParse(request.queryStringParameters?.["jobId"]).data ?? null;
  const facts = { predictionId: prediction.id, jobId: namedJob, predictionStatus: prediction.status };
  try {
    const heard = await ports.receive({ prediction, namedJob });
    const measured = measure(heard, prediction);
    await settle(ports.publish, [heard]);
    await Promise.race([measured, sleep(metricsWithinMs, undefined, { ref: false })]);
    return answer(200, { received: true }, { ...facts, announced: heard.announce.length });
  } catch (error) {
    return answer(503, { error: "Try again later", code: "unavailable" }, { ...facts, error: reasonOf(error) });
  }

  function answer(status: number, json: object, fields: Record<string, string | number | null> = {}) {
    const level = status === 503 ? "ERROR" : status === 401 || fields["effect"] ? "WARN" : "INFO";
    ports.log({ level, message: "webhook", status, processingTime: ports.now() - receivedAt, ...fields });
    return { statusCode: status, headers: { "content-type": "application/json" }, body: JSON.stringify(json) };
  }

  /** Once for a prediction: its repetitions announce nothing. */
  async function measure({ announce }: Heard, prediction: Prediction): Promise<void> {
    const { completedAt } = prediction;
    if (announce.length === 0 || !completedAt || !terminalStatusOf(prediction)) return;
    ports.metrics.measureLatency(Math.max(0, receivedAt - msOf(completedAt)));
    await ports.metrics.flush();
  }
}

function parsePrediction(body: string): Prediction | null {
  try {
    return predictionSchema.safeParse(JSON.parse(body)).data ?? null;
  } catch {
    return null;
  }
}
