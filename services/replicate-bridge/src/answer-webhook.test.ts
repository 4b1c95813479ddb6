import type { Announcement, JobId } from "@vsl/events";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { jobIdOf, succeeded, upstreamJson } from "../test/examples.ts";
import { createWorld } from "../test/world.ts";
import { answerWebhook } from "./answer-webhook.ts";
import type { LogLine } from "./log.ts";
import { receiveWebhook } from "./receive-webhook.ts";
import { parseSecrets } from "./webhook-signature.ts";

const secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";
const other = "whsec_YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4";
const body = JSON.stringify(upstreamJson({ id: "p1", ...succeeded }));

function signed(text: string, { key = secret, seconds = Math.floor(Date.now() / 1000), id = "msg_1" } = {}) {
  const signature = new Webhook(key).sign(id, new Date(seconds * 1000), text);
  return { "webhook-id": id, "webhook-timestamp": String(seconds), "webhook-signature": signature };
}

async function opened({ secrets = secret } = {}) {
  const world = createWorld();
  await world.submit();
  const lines: LogLine[] = [];
  const latencies: number[] = [];
  const metrics = { measureLatency: (ms: number) => void latencies.push(ms), flush: async () => undefined };
  const parsed = parseSecrets(secrets);
  const post = async (
    text: string,
    headers: Record<string, string>,
    { base64 = false, job = jobIdOf(1) }: { base64?: boolean; job?: JobId } = {},
  ) => {
    const log = (line: LogLine) => void lines.push(line);
    const receive = (webhook: Parameters<typeof receiveWebhook>[1]) => receiveWebhook(world.ports, webhook);
    const answer = await answerWebhook(
      { ...world.ports, publish: world.ports.publish, secrets: parsed, receive, metrics, log },
      {
        headers,
        body: base64 ? Buffer.from(text).toString("base64") : text,
        isBase64Encoded: base64,
        queryStringParameters: { jobId: job },
      },
    );
    return answer.statusCode;
  };
  const completions = () => world.announced.filter((each: Announcement) => each.detailType === "PredictionCompleted");
  return { world, post, lines, latencies, completions };
}

describe("POST /webhook/replicate", () => {
  it("takes a signed webhook once, and answers 200 to its repetition", async () => {
    const { post, completions, latencies } = await opened();
    expect([await post(body, signed(body)), await post(body, signed(body))]).toEqual([200, 200]);
    expect(completions()).toHaveLength(1);
    expect(latencies).toHaveLength(1);
  });

  it("verifies the raw bytes, also when the gateway hands them over in base64", async () => {
    const { post, completions } = await opened();
    expect(await post(body, signed(body), { base64: true })).toBe(200);
    expect(completions()).toHaveLength(1);
  });

  it.each([
    ["no headers", body, {}],
    ["another key", body, signed(body, { key: other })],
    ["a changed body", `${body} `, signed(body)],
    ["a re-serialised body", JSON.stringify(JSON.parse(body), null, 1), signed(body)],
    ["another id", body, { ...signed(body), "webhook-id": "msg_2" }],
    [
      "another version",
      body,
      { ...signed(body), "webhook-signature": signed(body)["webhook-signature"].replace("v1,", "v2,") },
    ],
    ["an empty signature", body, { ...signed(body), "webhook-signature": "v1," }],
    ["a timestamp that is none", body, { ...signed(body), "webhook-timestamp": "now" }],
    ["an old timestamp", body, signed(body, { seconds: Math.floor(Date.now() / 1000) - 302 })],
    ["a timestamp from the future", body, signed(body, { seconds: Math.floor(Date.now() / 1000) + 310 })],
  ])("answers 401 to %s, with no effect and no body in the log", async (_, text, headers) => {
    const { world, post, lines } = await opened();
    const before = await world.record();
    expect(await post(text, headers)).toBe(401);
    expect(await world.record()).toEqual(before);
    expect(lines).toMatchObject([{ level: "WARN", status: 401 }]);
    expect(JSON.stringify(lines)).not.toMatch(/sunset|replicate\.delivery|v1,/);
  });

  it("takes clocks that are four minutes apart", async () => {
    const { post } = await opened();
    for (const skew of [-240, 240]) {
      expect(await post(body, signed(body, { seconds: Math.floor(Date.now() / 1000) + skew }))).toBe(200);
    }
  });

  it.each([`${secret} ${other}`, `${other},${secret}`])(
    "takes both secrets while one replaces the other",
    async (secrets) => {
      const { post } = await opened({ secrets });
      expect(await post(body, signed(body, { key: secret }))).toBe(200);
      expect(await post(body, signed(body, { key: other }))).toBe(200);
    },
  );

  it.each(["not json", "[]", '{"id":"p1"}', '{"__proto__":{"id":"p1","status":"succeeded"}}'])(
    "answers 200 without effect to a signed body that is no prediction: %s",
    async (text) => {
      const { post, completions } = await opened();
      expect(await post(text, signed(text))).toBe(200);
      expect(completions()).toEqual([]);
    },
  );

  it("answers 200 without effect to what it does not know", async () => {
    const { post, completions } = await opened();
    expect(await post(body, signed(body), { job: jobIdOf(9) })).toBe(200);
    expect(completions()).toEqual([]);
  });

  it("answers 503 while the bus is down, and loses nothing", async () => {
    const { world, post, lines } = await opened();
    world.setBusDown(true);
    expect(await post(body, signed(body))).toBe(503);
    expect(lines).toMatchObject([{ level: "ERROR", status: 503, error: "Error: the bus is down" }]);
    world.setBusDown(false);
    world.pass(60_000);
    await world.sweep();
    expect(world.facts()).toEqual(["PredictionStarted", "PredictionCompleted"]);
  });

  it("answers 503 while the table is down", async () => {
    const { world, post, completions } = await opened();
    const { readRecord } = world.records;
    world.records.readRecord = async () => {
      throw new Error("the table is down");
    };
    expect(await post(body, signed(body))).toBe(503);
    world.records.readRecord = readRecord;
    expect(await post(body, signed(body))).toBe(200);
    expect(completions()).toHaveLength(1);
  });
});

describe("parseSecrets", () => {
  it("refuses to start without a signing secret", () => {
    for (const value of ["", " ", "secret", `${secret} plain`, "whsec_!!"]) expect(() => parseSecrets(value)).toThrow();
  });

  it("accepts Replicate's published signature of its own example", () => {
    const [webhook] = parseSecrets(secret);
    const signature = webhook?.sign("msg_vsl_0001", new Date(1_700_000_000_000), '{"id":"p1","status":"succeeded"}');
    expect(signature).toBe("v1,/XB+YxvZi7UVNNEXVxH7r9jJLmrN55YU7aqGqESkmJg=");
  });
});
