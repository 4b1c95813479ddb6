import { accountIdSchema, Rejected } from "@vsl/events";
import { describe, expect, test } from "vitest";
import { generation, jobIdOf, openIntake } from "../test/open-intake.ts";

describe("whoever calls", () => {
  const accounts = new Map([
    ["Bearer a", accountIdSchema.parse("a")],
    ["Bearer b", accountIdSchema.parse("b")],
  ]);
  const authenticate = async (header: string | undefined) => {
    const account = accounts.get(header ?? "");
    if (!account) throw new Rejected("auth.required", "A valid API key is required");
    return account;
  };

  test("gets 401 without a key, before anything else is looked at", async () => {
    const intake = openIntake({ authenticate });
    const answers = [await intake.generate({}), await intake.status("x"), await intake.cancel("x")];
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
    expect(answers[0]?.headers.get("www-authenticate")).toBe("Bearer");
  });

  test("finds somebody else's job as unknown as none, cached or not", async () => {
    const intake = openIntake({ authenticate });
    const own = { authorization: "Bearer a" };
    const others = { authorization: "Bearer b" };
    const jobId = jobIdOf(await intake.generate(generation, own));
    const unknown = await intake.status("019a9f3c-5a00-7cc3-98c4-dc0c0c07398f", others);
    expect((await intake.status(jobId, others)).json).toEqual(unknown.json);
    expect((await intake.status(jobId, own)).status).toBe(200);
    expect(await intake.status(jobId, others)).toMatchObject({ status: 404, json: unknown.json });
    expect((await intake.cancel(jobId, others)).status).toBe(404);
  });

  test("shares no idempotency keys and no turns with other accounts", async () => {
    const intake = openIntake({ authenticate, limit: 1 });
    const key = { "idempotency-key": "k" };
    const one = await intake.generate(generation, { authorization: "Bearer a", ...key });
    const two = await intake.generate(generation, { authorization: "Bearer b", ...key });
    expect([one.status, two.status, jobIdOf(one) === jobIdOf(two)]).toEqual([202, 202, false]);
  });
});

describe("every answer", () => {
  test("is JSON, also where there is nothing", async () => {
    const intake = openIntake();
    const { status, json, headers } = await intake.request("DELETE", "/generate-media");
    expect([status, json]).toEqual([404, { error: "There is nothing here", code: "route.unknown" }]);
    expect(headers.get("content-type")).toBe("application/json");
    expect(headers.get("cache-control")).toBe("no-store");
  });

  test("leaves one line in the log, without a prompt, a key or a link", async () => {
    const intake = openIntake();
    const jobId = jobIdOf(await intake.generate(generation, { "idempotency-key": "a-secret-key" }));
    await intake.status(jobId);
    await intake.generate({ ...generation, parameters: { prompt: "" } });
    const common = { message: "request", ms: 0, level: "INFO" };
    const post = { ...common, method: "POST", route: "/generate-media" };
    expect(intake.lines).toEqual([
      { ...post, httpStatus: 202, modelId: "flux-schnell", jobId },
      { ...common, method: "GET", route: "/status/{jobId}", httpStatus: 200, jobId },
      { ...post, httpStatus: 400, code: "parameters.invalid" },
    ]);
  });
});
