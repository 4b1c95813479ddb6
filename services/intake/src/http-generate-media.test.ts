import { describe, expect, test } from "vitest";
import { generation, jobIdOf, openIntake } from "../test/open-intake.ts";
import { Unavailable } from "./unavailable.ts";

const down = async () => {
  throw new Unavailable("down");
};

describe("POST /generate-media", () => {
  test("answers the guide's first test in the guide's words, and announces the job", async () => {
    const intake = openIntake();
    const answer = await intake.generate();
    expect(answer.status).toBe(202);
    expect(answer.json).toEqual({
      jobId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      status: "pending",
      estimatedTime: 5,
      estimatedCost: 0.003,
      replicateId: null,
      message: "Media generation started",
    });
    expect(intake.announced).toMatchObject([
      {
        detailType: "JobRequested",
        detail: {
          correlationId: jobIdOf(answer),
          occurredAt: "2026-11-20T10:30:00.000Z",
          payload: {
            jobId: jobIdOf(answer),
            accountId: "local",
            userId: "test-user-123",
            modelId: "flux-schnell",
            model: { owner: "black-forest-labs", name: "flux-schnell", version: null },
            input: { ...generation.parameters, num_outputs: 1 },
            price: { rule: { per: "output", amountMicros: 3000 }, amountMicros: 3000 },
          },
        },
      },
    ]);
  });

  test.each([
    ["a missing user", { ...generation, userId: undefined }, "body.invalid", "userId"],
    ["a user that is a path", { ...generation, userId: "../etc" }, "body.invalid", "userId"],
    ["a user that is a dot", { ...generation, userId: "." }, "body.invalid", "userId"],
    ["a user with a line break", { ...generation, userId: "a\r\nb" }, "body.invalid", "userId"],
    ["a member that is not known", { ...generation, webhook: "https://example.com" }, "body.invalid", "webhook"],
    ["an unknown media type", { ...generation, mediaType: "text" }, "body.invalid", "mediaType"],
    ["an unknown model", { ...generation, modelId: "../flux" }, "model.unknown", "modelId"],
    ["a model of another media type", { ...generation, mediaType: "video" }, "model.media_type", "mediaType"],
    ["an empty prompt", { ...generation, parameters: { prompt: " " } }, "parameters.invalid", "parameters.prompt"],
    [
      "an unknown parameter",
      { ...generation, parameters: { prompt: "a", webhook: "x" } },
      "parameters.invalid",
      "parameters.webhook",
    ],
    [
      "too many outputs",
      { ...generation, parameters: { prompt: "a", num_outputs: 5 } },
      "parameters.invalid",
      "parameters.num_outputs",
    ],
    ["NUL in the prompt", { ...generation, parameters: { prompt: "a\0b" } }, "body.invalid_text", "parameters.prompt"],
    [
      "half a surrogate pair",
      { ...generation, parameters: { prompt: "\ud800" } },
      "body.invalid_text",
      "parameters.prompt",
    ],
  ])("refuses %s, writes nothing and announces nothing", async (_, body, code, path) => {
    const intake = openIntake();
    const { status, json } = await intake.generate(body);
    expect([status, json["code"]]).toEqual([400, code]);
    expect(json["fields"]).toMatchObject([{ path }]);
    expect(json["error"]).toEqual(expect.any(String));
    expect([intake.rows.size, intake.announced.length]).toEqual([0, 0]);
  });

  test.each([
    ["no JSON", "{", 400, "body.not_json"],
    ["no object", "[]", 400, "body.invalid"],
    ["nothing", "", 400, "body.not_json"],
    ["ten thousand levels", "[".repeat(10_000), 400, "body.too_deep"],
    ["a hundred thousand keys", `{${'"a":1,'.repeat(99_999)}"a":1}`, 400, "body.too_many_members"],
    ["a prototype", '{"userId":"a","parameters":{"__proto__":{"admin":true}}}', 400, "body.forbidden_key"],
    ["an escaped prototype", '{"parameters":{"\\u005f_proto__":1}}', 400, "body.forbidden_key"],
    ["a constructor", '{"constructor":{"prototype":{}}}', 400, "body.forbidden_key"],
    ["more than a megabyte", `"${"a".repeat(1024 * 1024)}"`, 413, "body.too_large"],
  ])("refuses a body of %s at once", async (_, body, status, code) => {
    const intake = openIntake();
    const started = performance.now();
    const answer = await intake.request("POST", "/generate-media", { body });
    expect(performance.now() - started).toBeLessThan(100);
    expect([answer.status, answer.json["code"]]).toEqual([status, code]);
    expect(Object.hasOwn(Object.prototype, "admin")).toBe(false);
  });

  test("refuses a body that is not declared as JSON, as a page on the web would send it", async () => {
    const intake = openIntake();
    const { status } = await intake.generate(generation, { "content-type": "text/plain" });
    expect([status, intake.rows.size]).toEqual([415, 0]);
  });

  test("refuses the call after a user's last turn, and nobody else's", async () => {
    const intake = openIntake({ limit: 3 });
    const answers = await Promise.all(Array.from({ length: 5 }, () => intake.generate()));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(3);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.json).toEqual({ error: "Rate limit exceeded", retryAfter: 3600 });
    expect(refused?.headers.get("retry-after")).toBe("3600");
    expect((await intake.generate({ ...generation, userId: "another" })).status).toBe(202);
    expect(intake.rows.size).toBe(4);
  });

  test("makes one job of fifty calls with one key, and takes one turn for them", async () => {
    const intake = openIntake({ limit: 2 });
    const headers = { "idempotency-key": "once" };
    const answers = await Promise.all(Array.from({ length: 50 }, () => intake.generate(generation, headers)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map((answer) => JSON.stringify(answer.json))).size).toBe(1);
    expect([intake.rows.size, intake.announced.length]).toEqual([1, 1]);
    expect((await intake.generate()).status).toBe(202);
    expect((await intake.generate()).status).toBe(429);
    expect((await intake.generate(generation, headers)).status).toBe(202);
  });

  test("makes one job of them without claims, too, and gives back every turn but one", async () => {
    let taken = 0;
    const intake = openIntake({
      broken: {
        claimKey: async () => async () => {},
        takeTurn: async () => {
          taken++;
          return { granted: true };
        },
        giveBackTurn: async () => void taken--,
      },
    });
    const headers = { "idempotency-key": "once" };
    const answers = await Promise.all(Array.from({ length: 50 }, () => intake.generate(generation, headers)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer.json))).size).toBe(1);
    expect([intake.rows.size, taken]).toEqual([1, 1]);
  });

  test("takes the same members in another order for the same body, and another body for a mismatch", async () => {
    const intake = openIntake();
    const headers = { "idempotency-key": "k" };
    const first = await intake.generate(generation, headers);
    const reordered = Object.fromEntries(Object.entries(generation).reverse());
    expect((await intake.generate(reordered, headers)).json).toEqual(first.json);
    const other = await intake.generate({ ...generation, parameters: { prompt: "another" } }, headers);
    expect([other.status, other.json]).toEqual([422, { error: expect.any(String), code: "idempotency.mismatch" }]);
    expect(intake.rows.size).toBe(1);
  });

  test("keeps one key for 24 hours, and no key longer than 255 characters", async () => {
    const intake = openIntake();
    const headers = { "idempotency-key": "k".repeat(255) };
    const first = await intake.generate(generation, headers);
    intake.wait(24 * 60 * 60 * 1000);
    expect(jobIdOf(await intake.generate(generation, headers))).not.toBe(jobIdOf(first));
    const tooLong = await intake.generate(generation, { "idempotency-key": "k".repeat(256) });
    expect([tooLong.status, tooLong.json["code"]]).toEqual([400, "idempotency.invalid"]);
  });

  test("answers 202 when the bus is down, since the job is safe", async () => {
    const intake = openIntake({ broken: { publish: down } });
    const answer = await intake.generate();
    expect(answer.status).toBe(202);
    expect(intake.rows.values().next().value).toMatchObject({ isUnannounced: true });
    expect(intake.lines).toContainEqual({ unannounced: jobIdOf(answer) });
  });

  test("answers 503, announces nothing and gives the turn back when the table is down", async () => {
    let taken = 0;
    const intake = openIntake({
      broken: {
        saveJob: down,
        takeTurn: async () => {
          taken++;
          return { granted: true };
        },
        giveBackTurn: async () => void taken--,
      },
    });
    const { status, headers, json } = await intake.generate();
    expect([status, headers.get("retry-after"), json["code"]]).toEqual([503, "5", "unavailable"]);
    expect([taken, intake.announced.length]).toEqual([0, 0]);
  });

  test("tells the caller nothing of a bug of ours", async () => {
    const intake = openIntake({
      broken: {
        saveJob: async () => {
          throw new TypeError("secret");
        },
      },
    });
    expect((await intake.generate()).json).toEqual({ error: "Internal error", code: "internal" });
    expect(intake.lines).toContainEqual(expect.objectContaining({ level: "ERROR", httpStatus: 500 }));
  });
});
