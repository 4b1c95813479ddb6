import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fixtureFunction, fixtureRoot } from "../../test/fixtures/function-topology.ts";
import type { FunctionTopology } from "../topology.ts";
import { serviceEnvironment } from "./environment.ts";
import { createLambdaHost, type LambdaHost } from "./host.ts";
import { readLogs } from "./service-logs.ts";

let dataDir: string;
let host: LambdaHost | undefined;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "lambda-host-"));
});

afterEach(async () => {
  await host?.stop(0);
  await rm(dataDir, { recursive: true });
});

const reported: string[] = [];

function startHost(...functions: FunctionTopology[]): LambdaHost {
  reported.length = 0;
  host = createLambdaHost({
    functions,
    root: fixtureRoot,
    dataDir,
    region: "us-east-1",
    account: "000000000000",
    report: ({ message }) => reported.push(message),
    environment: (service, own) =>
      serviceEnvironment(service, own, {
        app: "fixture",
        stage: "local",
        region: "us-east-1",
        endpointUrl: "http://127.0.0.1:4566",
        links: { Bus: { name: "bus" } },
        inherited: process.env,
      }),
  });
  return host;
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const pidOf = (service: string) => host?.services().find((known) => known.service === service)?.pid ?? 0;

async function logOf(service: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of readLogs(service, { dataDir })) lines.push(line);
  return lines;
}

describe("an invocation", () => {
  it("answers what the handler returns, as JSON carries it", async () => {
    const { invoke } = startHost(fixtureFunction("echo"));
    const outcome = await invoke("echo", { at: new Date(0), left: undefined });
    expect(outcome).toEqual({
      kind: "returned",
      payload: { event: { at: "1970-01-01T00:00:00.000Z" }, pid: pidOf("one") },
    });
  });

  it("gives the handler Lambda's context", async () => {
    const { invoke } = startHost(fixtureFunction("describeContext", { timeoutSeconds: 5, memoryMegabytes: 256 }));
    const outcome = await invoke("describeContext", {});
    expect(outcome).toMatchObject({
      payload: {
        awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        functionName: "describeContext",
        functionVersion: "$LATEST",
        invokedFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:describeContext",
        logGroupName: "/aws/lambda/describeContext",
        memoryLimitInMB: "256",
      },
    });
    const remainingMs = outcome.kind === "returned" && Object(outcome.payload).remainingMs;
    expect(remainingMs).toBeGreaterThan(4_000);
    expect(remainingMs).toBeLessThanOrEqual(5_000);
  });

  it("answers an error as Lambda's Node runtime does, and logs it", async () => {
    const { invoke } = startHost(fixtureFunction("refuse"));
    const outcome = await invoke("refuse", {});
    expect(outcome).toMatchObject({
      kind: "failed",
      error: {
        errorType: "TypeError",
        errorMessage: "no such thing",
        trace: expect.arrayContaining(["TypeError: no such thing"]),
      },
    });
    const report = (await logOf("one")).map((line) => JSON.parse(line)).find(({ type }) => type === "platform.report");
    expect(report.record).toMatchObject({ functionName: "refuse", status: "error", errorMessage: "no such thing" });
  });

  it.each([
    ["cyclic", "Runtime.MarshalError"],
    ["large", "Function.ResponseSizeTooLarge"],
    ["withCallback", "Runtime.CallbackHandlerDeprecated"],
    ["absent", "Runtime.HandlerNotFound"],
  ])("fails for %s with %s", async (name, errorType) => {
    const { invoke } = startHost(fixtureFunction(name));
    expect(await invoke(name, {})).toMatchObject({ kind: "failed", error: { errorType } });
  });

  it("refuses an unknown function and a request over 6 MB before any process sees it", async () => {
    const { invoke } = startHost(fixtureFunction("echo"));
    await expect(invoke("nobody", {})).rejects.toMatchObject({ code: "ResourceNotFoundException", status: 404 });
    await expect(invoke("echo", "x".repeat(7_000_000))).rejects.toMatchObject({ code: "RequestTooLargeException" });
  });

  it("is throttled beyond the function's reserved concurrency, and only there", async () => {
    const { invoke } = startHost(fixtureFunction("sleep", { reservedConcurrency: 2 }), fixtureFunction("echo"));
    const three = await Promise.all([
      invoke("sleep", { ms: 50 }),
      invoke("sleep", { ms: 50 }),
      invoke("sleep", { ms: 50 }),
    ]);
    expect(three.map(({ kind }) => kind)).toEqual(["returned", "returned", "throttled"]);
    expect(await invoke("sleep", { ms: 1 })).toMatchObject({ kind: "returned" });
    expect(await invoke("echo", {})).toMatchObject({ kind: "returned" });
  });
});

describe("a process", () => {
  it("sees the links and Lambda's variables, and nothing of the developer's", async () => {
    vi.stubEnv("AWS_PROFILE", "the developer's own");
    vi.stubEnv("SOME_TOKEN", "the developer's own");
    try {
      const { invoke } = startHost(fixtureFunction("environment", { links: { Bus: {} }, environment: { OWN: "yes" } }));
      const outcome = await invoke("environment", {});
      const seen = Object(outcome.kind === "returned" && outcome.payload);
      expect(seen).toMatchObject({
        OWN: "yes",
        AWS_ENDPOINT_URL: "http://127.0.0.1:4566",
        SST_RESOURCE_App: '{"name":"fixture","stage":"local"}',
        SST_RESOURCE_Bus: '{"name":"bus"}',
      });
      expect(Object.values(seen)).not.toContain("the developer's own");
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it("writes its lines to the service's log unchanged", async () => {
    const { invoke } = startHost(fixtureFunction("say"));
    await invoke("say", { line: '{"level":"INFO","message":"hello"}' });
    await vi.waitFor(async () => expect(await logOf("one")).toContain('{"level":"INFO","message":"hello"}'));
  });

  it("that crashes fails what it was doing, is replaced, and no other service notices", async () => {
    const { invoke } = startHost(
      fixtureFunction("exit"),
      fixtureFunction("sleep"),
      fixtureFunction("other", { service: "two", handler: "functions.sleep" }),
    );
    const other = invoke("other", { ms: 300 });
    const [sleeping, exiting] = await Promise.all([invoke("sleep", { ms: 5_000 }), invoke("exit", { code: 3 })]);
    for (const outcome of [sleeping, exiting]) {
      expect(outcome).toMatchObject({
        kind: "failed",
        error: {
          errorType: "Runtime.ExitError",
          errorMessage: expect.stringMatching(/^RequestId: \S+ Error: Runtime exited with error: exit status 3$/),
        },
      });
    }
    expect(await invoke("sleep", { ms: 1 })).toMatchObject({ kind: "returned" });
    expect(await other).toMatchObject({ kind: "returned" });
  });

  it("that is killed from outside fails what it was doing and is replaced", async () => {
    const { invoke } = startHost(fixtureFunction("sleep"), fixtureFunction("echo"));
    await invoke("echo", {});
    const killed = pidOf("one");
    const sleeping = invoke("sleep", { ms: 5_000 });
    process.kill(killed, "SIGKILL");
    expect(await sleeping).toMatchObject({
      error: { errorMessage: expect.stringContaining("Runtime exited with error: signal: killed") },
    });
    expect(await invoke("echo", {})).toMatchObject({ kind: "returned" });
    expect(pidOf("one")).not.toBe(killed);
  });

  it("ends by a promise that nobody waits for", async () => {
    const { invoke } = startHost(fixtureFunction("forget"));
    expect(await invoke("forget", {})).toMatchObject({ error: { errorType: "Runtime.ExitError" } });
    expect((await logOf("one")).join("\n")).toContain("nobody waits for this");
  });

  it("that overruns a timeout is replaced at once, and ends when it owes no answer", async () => {
    const { invoke } = startHost(
      fixtureFunction("stuck", { handler: "functions.sleep", timeoutSeconds: 1 }),
      fixtureFunction("sleep"),
      fixtureFunction("echo"),
    );
    await invoke("echo", {});
    const old = pidOf("one");
    const sleeping = invoke("sleep", { ms: 1_500 });
    expect(await invoke("stuck", { ms: 60_000 })).toMatchObject({
      kind: "failed",
      error: {
        errorType: "Sandbox.Timedout",
        errorMessage: expect.stringMatching(/Task timed out after 1\.00 seconds$/),
      },
    });
    expect(await invoke("echo", {})).toMatchObject({ payload: { pid: pidOf("one") } });
    expect(pidOf("one")).not.toBe(old);
    expect(await sleeping).toEqual({ kind: "returned", payload: old });
    await vi.waitFor(() => expect(isAlive(old)).toBe(false));
  });

  it("that spins is ended by the timeout", async () => {
    const { invoke } = startHost(fixtureFunction("spin", { timeoutSeconds: 1 }), fixtureFunction("echo"));
    await invoke("echo", {});
    const spinning = pidOf("one");
    expect(await invoke("spin", {})).toMatchObject({ error: { errorType: "Sandbox.Timedout" } });
    await vi.waitFor(() => expect(isAlive(spinning)).toBe(false));
    expect(await invoke("echo", {})).toMatchObject({ kind: "returned" });
  });

  it("that holds more memory than its functions may is killed, and says why", async () => {
    const { invoke } = startHost(fixtureFunction("devour"), fixtureFunction("echo"));
    expect(await invoke("devour", { megabytes: 60 })).toEqual({ kind: "returned", payload: 60 });
    expect(await invoke("devour", { megabytes: 1_000 })).toEqual({
      kind: "failed",
      error: {
        errorType: "Runtime.OutOfMemory",
        errorMessage: expect.stringMatching(/^RequestId: \S+ Error: Runtime exited with error: signal: killed$/),
      },
    });
    expect(reported).toEqual(["one: its process ended (out of memory) and is started again"]);
    expect(await invoke("echo", {})).toMatchObject({ kind: "returned" });
  });

  it("that fills its heap ends, whichever of the limits it meets first", async () => {
    const { invoke } = startHost(fixtureFunction("hoard"));
    expect(await invoke("hoard", {})).toMatchObject({
      error: { errorMessage: expect.stringMatching(/Runtime exited with error: signal: (killed|aborted)$/) },
    });
  });

  it("with a module that cannot be loaded says so and serves its other functions", async () => {
    const { invoke, ready } = startHost(
      fixtureFunction("broken", { handler: "broken.handler" }),
      fixtureFunction("missing", { handler: "missing.handler" }),
      fixtureFunction("echo"),
    );
    await ready();
    expect(reported).toContainEqual(expect.stringMatching(/^one: broken\.handler cannot be loaded: /));
    expect(await invoke("broken", {})).toMatchObject({
      error: { errorType: "SyntaxError", errorMessage: expect.stringContaining("this modul") },
    });
    expect(await invoke("missing", {})).toMatchObject({ error: { errorType: "Runtime.ImportModuleError" } });
    expect(await invoke("echo", {})).toMatchObject({ kind: "returned" });
  });
});

describe("the host", () => {
  it("restarts a service without failing what is under way", async () => {
    const { invoke, restart } = startHost(fixtureFunction("sleep"), fixtureFunction("echo"));
    await invoke("echo", {});
    const old = pidOf("one");
    const sleeping = invoke("sleep", { ms: 600 });
    await restart("one");
    expect(await invoke("echo", {})).toMatchObject({ payload: { pid: pidOf("one") } });
    expect(await sleeping).toEqual({ kind: "returned", payload: old });
    await vi.waitFor(() => expect(isAlive(old)).toBe(false));
  });

  it("lets what is under way finish when it stops, and leaves no process", async () => {
    const { invoke, stop } = startHost(fixtureFunction("sleep"), fixtureFunction("echo"));
    await invoke("echo", {});
    const pid = pidOf("one");
    const sleeping = invoke("sleep", { ms: 100 });
    await stop();
    expect(await sleeping).toMatchObject({ kind: "returned" });
    expect(isAlive(pid)).toBe(false);
    host = undefined;
  });
});
