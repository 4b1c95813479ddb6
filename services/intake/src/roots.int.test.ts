import { MediaStored, PredictionStarted } from "@vsl/events";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import * as z from "zod";
import { startAws } from "../test/aws-engine.ts";
import { tableName } from "../test/dynamodb-engine.ts";
import { batchOf, bodyOf } from "../test/examples.ts";
import { generation } from "../test/open-intake.ts";
import { startCache } from "../test/redis-engine.ts";
import { requestPayload } from "../test/request-payload.ts";

/** The three functions as Lambda calls them, on the engines of one machine. */
let aws: Awaited<ReturnType<typeof startAws>>;
let cache: Awaited<ReturnType<typeof startCache>>;
let onHttp: typeof import("./on-http.ts").handler;
let onEvents: (batch: SQSEvent) => Promise<SQSBatchResponse>;
let onSchedule: () => Promise<void>;

beforeAll(async () => {
  [aws, cache] = await Promise.all([startAws(), startCache()]);
  const links = {
    App: { name: "vsl", stage: "test" },
    Access: { mode: "open" },
    Api: { url: "http://localhost:3000/" },
    Bus: { name: "vsl" },
    Cache: cache.link,
    IntakeQueue: { url: aws.queueUrl("intake") },
    IntakeDeadLetters: { url: aws.queueUrl("intake-dead") },
    MediaLinkSecret: { value: "a secret of this test" },
    RealtimeJobs: { name: tableName },
  };
  for (const [name, link] of Object.entries(links)) vi.stubEnv(`SST_RESOURCE_${name}`, JSON.stringify(link));
  vi.stubEnv("AWS_ENDPOINT_URL", aws.url);
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
  vi.stubEnv("POWERTOOLS_LOG_LEVEL", "SILENT");
  onHttp = (await import("./on-http.ts")).handler;
  onEvents = (await import("./on-events.ts")).handler;
  onSchedule = (await import("./on-schedule.ts")).handler;
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await Promise.all([aws.stop(), cache.stop()]);
});

async function call(method: string, path: string, body?: unknown) {
  const answer = await onHttp(requestPayload(method, path, body));
  return { status: answer.statusCode, json: z.record(z.string(), z.unknown()).parse(JSON.parse(answer.body)) };
}

test("a job goes from its request to its media, over every engine", async () => {
  const { status, json } = await call("POST", "/generate-media", generation);
  expect([status, json["estimatedCost"]]).toEqual([202, 0.003]);
  const jobId = String(json["jobId"]);
  await vi.waitFor(() => expect(aws.announced).toContainEqual(expect.objectContaining({ correlationId: jobId })));
  expect((await call("GET", `/status/${jobId}`)).json["status"]).toBe("pending");

  const batch = batchOf(
    bodyOf(PredictionStarted, { ...PredictionStarted.example, jobId }),
    bodyOf(MediaStored, { ...MediaStored.example, jobId }),
  );
  expect(await onEvents(batch)).toEqual({ batchItemFailures: [] });
  expect((await call("GET", `/status/${jobId}`)).json).toMatchObject({
    status: "completed",
    result: { originalUrl: expect.stringMatching(/^http:\/\/localhost:3000\/media\//) },
  });
  expect(await aws.metrics()).toEqual(expect.arrayContaining(["JobsCompleted", "JobsStarted", "ProcessingTime"]));
});

test("the hundred-and-first job of a user is refused, of two hundred that ask at once", async () => {
  const userId = `rate-limit-test-${Date.now()}`;
  const answers = await Promise.all(
    Array.from({ length: 200 }, () => call("POST", "/generate-media", { ...generation, userId })),
  );
  const refused = answers.filter(({ status }) => status === 429);
  expect([answers.filter(({ status }) => status === 202).length, refused.length]).toEqual([100, 100]);
  expect(refused[0]?.json).toEqual({ error: "Rate limit exceeded", retryAfter: expect.any(Number) });
});

test("an unreadable message goes to the dead letters, and no sweep announces what was announced", async () => {
  expect(await onEvents(batchOf("poison"))).toEqual({ batchItemFailures: [] });
  expect(await aws.deadLetters()).toEqual([{ Body: "poison" }]);
  const before = aws.announced.length;
  await onSchedule();
  expect(aws.announced.length).toBe(before);
});

test("a body in base64 is read as API Gateway sends it, and an unknown path answers in JSON", async () => {
  const payload = requestPayload("POST", "/generate-media", { ...generation, modelId: "none" });
  const encoded = { ...payload, body: Buffer.from(payload.body ?? "").toString("base64"), isBase64Encoded: true };
  expect(await onHttp(encoded)).toMatchObject({ statusCode: 400, body: expect.stringContaining("model.unknown") });
  expect(await call("GET", "/nothing")).toEqual({
    status: 404,
    json: { error: "There is nothing here", code: "route.unknown" },
  });
});
