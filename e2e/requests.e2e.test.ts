import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, describe, expect, inject, test } from "vitest";
import { type Answer, createApi } from "./api.ts";
import { clientOptions } from "./aws.ts";
import { createLedger } from "./ledger.ts";
import { until } from "./until.ts";
import { createUpstream } from "./upstream.ts";

const { url, awsUrl, replicateUrl, databaseUrl } = inject("system");
const api = createApi(url);
const upstream = createUpstream(replicateUrl);
const small = { prompt: "a small picture", megapixels: "0.25", output_format: "jpg" };
const image = (userId: string, parameters: Record<string, unknown> = small) => ({
  ...{ userId, mediaType: "image", modelId: "flux-schnell", parameters },
});

const ledger = createLedger(databaseUrl);
afterAll(() => ledger.close());

describe("an idempotency key", () => {
  test("makes twenty requests at once one job, one prediction and one charge", async () => {
    const headers = { "idempotency-key": "twenty-at-once" };
    const answers = await Promise.all(Array.from({ length: 20 }, () => api.generate(image("repeater"), headers)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    const distinct = new Set(answers.map(({ json }) => JSON.stringify(json)));
    expect(distinct.size).toBe(1);

    const { jobId } = await api.request(image("repeater"), headers);
    expect([...distinct].join()).toContain(jobId);
    const job = await api.completed(jobId);
    expect(await upstream.predictionsOf(jobId)).toEqual([job.replicateId]);
    expect(await ledger.query("SELECT job_id FROM jobs WHERE user_id = 'repeater'")).toEqual([{ job_id: jobId }]);
    expect(await ledger.charged(jobId)).toBe(3000);
  });

  test("refuses another body", async () => {
    const headers = { "idempotency-key": "two-bodies" };
    await api.request(image("two-bodies"), headers);
    const other = await api.generate(image("two-bodies", { ...small, prompt: "another" }), headers);
    expect(other).toMatchObject({ status: 422, json: { code: "idempotency.mismatch" } });
  });

  test("belongs to its body in whatever order its members are written", async () => {
    const headers = { "idempotency-key": "order" };
    const { jobId } = await api.request(image("orderly"), headers);
    const shuffled = { parameters: small, modelId: "flux-schnell", userId: "orderly", mediaType: "image" };
    expect(await api.generate(shuffled, headers)).toMatchObject({ status: 202, json: { jobId } });
  });
});

test("of 105 rapid requests of a user a hundred are taken, and all that are taken are done", async () => {
  const userId = "rate-limit-test";
  const answers: Answer[] = [];
  let calls = 105;
  const caller = async () => {
    while (calls-- > 0) answers.push(await api.generate(image(userId)));
  };
  await Promise.all([caller(), caller(), caller(), caller()]);
  const accepted = answers.filter(({ status }) => status === 202);
  const refused = answers.filter(({ status }) => status === 429);
  const others = answers.filter(({ status }) => status !== 202 && status !== 429);
  expect([accepted.length, refused.length, others]).toEqual([100, 5, []]);
  for (const { json, headers } of refused) {
    const retryAfter = Number(headers.get("retry-after"));
    expect(json).toEqual({ error: "Rate limit exceeded", retryAfter });
    expect(retryAfter).toBeGreaterThan(0);
    expect(retryAfter).toBeLessThanOrEqual(3600);
  }
  expect((await api.generate(image("somebody-else"))).status).toBe(202);

  const jobIds = accepted.map(({ json }) => String(Object(json).jobId));
  await until("all to be done", async () => {
    const jobs = "SELECT count(*)::int AS done FROM jobs WHERE job_id = ANY($1) AND status = 'completed'";
    const [row] = await ledger.query(jobs, [jobIds]);
    return row.done === 100 || undefined;
  });
  expect(
    await ledger.query("SELECT sum(charged_micros)::int AS micros FROM jobs WHERE job_id = ANY($1)", [jobIds]),
  ).toEqual([{ micros: 100 * 3000 }]);
});

describe("a request that is not valid", () => {
  test.each([
    [
      "has no prompt",
      { userId: "invalid", mediaType: "image", modelId: "flux-schnell", parameters: {} },
      "parameters.prompt",
    ],
    [
      "has a parameter of the wrong kind",
      image("invalid", { prompt: "x", num_outputs: "three" }),
      "parameters.num_outputs",
    ],
    [
      "has a parameter that the model does not know",
      image("invalid", { prompt: "x", colour: "red" }),
      "parameters.colour",
    ],
    ["asks for another kind of media", { ...image("invalid"), mediaType: "video" }, "mediaType"],
    ["names an unknown model", { ...image("invalid"), modelId: "no-such-model" }, "modelId"],
    ["names no user", { ...image("invalid"), userId: undefined }, "userId"],
    ["names a user that no key could carry", image("in/valid"), "userId"],
    [
      "points at this machine",
      {
        ...{ userId: "invalid", mediaType: "video", modelId: "stability-video" },
        parameters: { image: "https://127.0.0.1/a.jpg" },
      },
      "parameters.image",
    ],
  ])("%s: it is told which field", async (_, body, path) => {
    const { status, json } = await api.generate(body);
    expect(status).toBe(400);
    expect(json).toEqual({
      error: expect.any(String),
      code: expect.any(String),
      fields: expect.arrayContaining([{ path, message: expect.any(String) }]),
    });
  });

  test.each([
    ["no JSON", '{"userId":', 400],
    ["too large", JSON.stringify(image("invalid", { prompt: "x".repeat(1_100_000) })), 413],
  ])("is %s", async (_, body, status) => {
    expect((await api.generate(body)).status).toBe(status);
  });

  test("leaves nothing behind: no row, no event, no prediction", async () => {
    // Whatever the refused ones had announced would have come before this one's charge.
    await api.completed((await api.request(image("well-asked"))).jobId);
    const events = "SELECT 1 FROM events WHERE payload->>'userId' IN ('invalid', 'in/valid')";
    expect(await ledger.query(events)).toEqual([]);
    const client = new DynamoDBClient(clientOptions(awsUrl));
    const { Items } = await client.send(new ScanCommand({ TableName: "vsl-local-realtime-jobs" }));
    client.destroy();
    const rows = JSON.stringify(Items);
    expect({ taken: rows.includes("well-asked"), refused: rows.includes("invalid") }).toEqual({
      taken: true,
      refused: false,
    });
  });
});

test.each(["/", "/generate-media", "/status", "/admin"])("there is nothing at GET %s", async (path) => {
  expect((await api.call(path)).status).toBe(404);
});
