import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { GetQueueUrlCommand, ListQueuesCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApi, type Generation } from "./api.ts";
import { clientOptions } from "./aws.ts";
import { createHistory } from "./history.ts";
import { makeDataDir, type System, startSystem } from "./system.ts";
import { until } from "./until.ts";
import { createUpstream } from "./upstream.ts";
import { vsl } from "./vsl.ts";

/** Alone with its system: it drops what other tests would miss. */
const { dataDir, remove } = await makeDataDir();
let system: System;
let history: ReturnType<typeof createHistory>;
let sqs: SQSClient;
const jobIds: string[] = [];

const image = (userId: string, prompt: string, modelId = "flux-schnell"): Generation => ({
  ...{ userId, mediaType: "image", modelId, parameters: { prompt, megapixels: "0.25" } },
});

beforeAll(async () => {
  system = await startSystem({ dataDir });
  history = createHistory(system);
  sqs = new SQSClient(clientOptions(system.awsUrl));
  const api = createApi(system.url);
  const fault = (model: string, planted: object) =>
    createUpstream(system.replicateUrl).plantFault({ match: { model: `black-forest-labs/${model}` }, fault: planted });
  await fault("flux-dev", { kind: "outcome", status: "failed", error: "NSFW content detected." });
  const requested = await Promise.all([
    ...["one", "two", "three"].map((prompt) => api.request(image("ann", prompt))),
    api.request(image("bob", "never", "flux-dev")),
    api.request({ userId: "bob", mediaType: "audio", modelId: "lyria-2", parameters: { prompt: "rain" } }),
  ]);
  jobIds.push(...requested.map(({ jobId }) => jobId));
  await Promise.all(jobIds.map((jobId) => api.ended(jobId)));
  await quiet();
});
afterAll(async () => {
  await history.close();
  sqs.destroy();
  await system.kill9();
  await remove();
});

/** Nothing is under way any more: two looks at everything are alike. */
async function quiet() {
  let last = "";
  return until(
    "quiet",
    async () => {
      const seen = JSON.stringify([await history.dumpLedger(), await history.dumpJobs(), await history.outside()]);
      const isQuiet = seen === last;
      last = seen;
      return isQuiet || undefined;
    },
    { everyMs: 500 },
  );
}

async function replay(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await vsl(system, ["replay", ...args]);
  expect(exitCode, stderr).toBe(0);
  return stdout;
}

describe("vsl replay", () => {
  test.each(["once", "and once more"])("builds a dropped ledger up again to the byte, %s", async () => {
    const [rows, outside] = [await history.dumpLedger(), await history.outside()];
    await history.dropLedger();
    expect(await replay("--service", "ledger", "--since", "1h")).toContain("ledger has heard again");
    expect(await history.dumpLedger()).toEqual(rows);
    expect(await history.outside()).toEqual(outside);
  });

  test.each(["once", "and once more"])("builds intake's dropped table up again, every status equal, %s", async () => {
    const [rows, statuses] = [await history.dumpJobs(), await history.readStatuses(jobIds)];
    const outside = await history.outside();
    await history.dropJobs();
    await replay("--service", "intake");
    expect(await history.dumpJobs()).toEqual(rows);
    expect(await history.readStatuses(jobIds)).toEqual(statuses);
    expect(await history.outside()).toEqual(outside);
  });

  test("gets out of nobody's way: jobs that run meanwhile are made, stored, charged and counted once", async () => {
    const api = createApi(system.url);
    const before = await history.outside();
    await history.dropLedger();
    const replays = Promise.all([replay("--service", "ledger"), replay("--service", "intake")]);
    const requested = await Promise.all(["four", "five", "six"].map((prompt) => api.request(image("ann", prompt))));
    jobIds.push(...requested.map(({ jobId }) => jobId));
    await Promise.all([replays, ...requested.map(({ jobId }) => api.completed(jobId))]);
    await quiet();
    const [rows, after] = [await history.dumpLedger(), await history.outside()];
    expect(after.creates - before.creates).toBe(3);
    expect(after.stored.length - before.stored.length).toBe(3);
    const completed = "JobsCompleted flux-schnell local";
    expect((after.counted[completed] ?? 0) - (before.counted[completed] ?? 0)).toBe(3);
    await history.dropLedger();
    await replay("--service", "ledger");
    expect(await history.dumpLedger()).toEqual(rows);
  });

  test("replays one user at a rate, and tells what it changed", async () => {
    const rows = await history.dumpLedger();
    await history.dropLedger();
    const told = await replay("--service", "ledger", "--user", "bob", "--rate", "30/s");
    expect(told).toMatch(/^[0-9]+ events replayed/);
    expect(told).toMatch(/ jobs +2 added, 0 changed, 0 equal/);
    const partly = await history.dumpLedger();
    expect(partly.length).toBeGreaterThan(0);
    expect(rows).toEqual(expect.arrayContaining(partly));
    await replay("--service", "ledger");
    expect(await history.dumpLedger()).toEqual(rows);
  });

  test("a dry run tells what would change, and changes nothing", async () => {
    const rows = await history.dumpLedger();
    const complete = await replay("--service", "ledger", "--dry-run");
    expect(complete).toContain("Nothing was changed.");
    expect(complete).toMatch(new RegExp(` jobs +0 added, 0 changed, ${jobIds.length} equal`));
    await history.dropLedger();
    const dropped = await replay("--service", "ledger", "--dry-run");
    expect(dropped).toMatch(new RegExp(` jobs +${jobIds.length} added, 0 changed, 0 equal`));
    expect(await history.dumpLedger()).toEqual([]);
    expect(await replay("--service", "intake", "--dry-run", "--job", jobIds[0] ?? "")).toMatch(
      /realtime-jobs +0 added, 0 changed, 1 equal/,
    );
    await replay("--service", "ledger");
    expect(await history.dumpLedger()).toEqual(rows);
  });

  test("a model and an event choose, also where the event does not name the model", async () => {
    const told = await replay(
      "--service",
      "ledger",
      "--model",
      "flux-dev",
      "--event",
      "PredictionStarted",
      "--dry-run",
    );
    expect(told).toMatch(/^1 events would be replayed/);
  });

  test.each(["SIGINT", "SIGKILL"] as const)("goes on after %s where it stopped", async (signal) => {
    const rows = await history.dumpLedger();
    await history.dropLedger();
    const begun = until("the first rows", async () => (await history.dumpLedger()).length > 0 || undefined);
    const slowly = ["replay", "--service", "ledger", "--rate", "16/s"];
    const { stderr, exitCode } = await vsl(system, slowly, { signal, after: begun });
    const [name = ""] = (await readdir(join(dataDir, "replays"))).map((file) => file.split(".")[0] ?? "");
    if (signal === "SIGINT") expect(stderr).toContain(`replay --resume ${name}`);
    expect(exitCode).toBe(signal === "SIGINT" ? 1 : null);
    expect((await history.dumpLedger()).length).toBeLessThan(rows.length);
    expect(await replay("--resume", name)).toMatch(/events replayed/);
    expect(await history.dumpLedger()).toEqual(rows);
    expect(await readdir(join(dataDir, "replays"))).toEqual([]);
  });

  test("leaves nothing of its own on the stage", async () => {
    const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
    expect(QueueUrls.filter((url) => url.includes("replay-"))).toEqual([]);
  });

  test("is refused for services that would spend or download again", async () => {
    for (const service of ["replicate-bridge", "storage"]) {
      const { exitCode, stderr } = await vsl(system, ["replay", "--service", service]);
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("hears no replays") });
    }
  });
});

describe("vsl dlq", () => {
  const jobId = "019a9f3c-5a00-7cc3-98c4-dc0c0c07398f";
  const cancelRequested = JSON.stringify({
    ...{ id: "6a7e8feb-b491-4cf7-a9f1-bf3703467718", "detail-type": "JobCancelRequested", source: "vsl.intake" },
    detail: {
      ...{ id: "0b9f1c1a-0000-8000-8000-000000000001", version: 1, correlationId: jobId },
      occurredAt: "2026-11-20T10:30:02.000Z",
      payload: { jobId, accountId: "local", userId: "ann", requestedAt: "2026-11-20T10:30:02.000Z" },
    },
  });
  const send = async (queue: string, MessageBody: string) => {
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: `vsl-local-${queue}` }));
    return (await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }))).MessageId ?? "";
  };
  const dlq = async (...args: string[]) => {
    const { exitCode, stdout, stderr } = await vsl(system, ["dlq", ...args]);
    expect(exitCode, stderr).toBe(0);
    return stdout;
  };

  test("lists every service's dead letters with their reasons", async () => {
    await send("ledger", "{");
    await send("ledger-dead-letters", cancelRequested);
    const listed = await until("two dead letters", async () => {
      const told = await dlq("list");
      return told.includes("ledger: 2 dead letters") ? told : undefined;
    });
    expect(listed).toMatch(/unreadable +- +tried 1 .*Permanent: not JSON/);
    expect(listed).toMatch(new RegExp(`JobCancelRequested +${jobId} +tried 30 .*failed every time`));
    expect(listed).toContain("intake: no dead letters");
  });

  test("shows one whole, whosever it is", async () => {
    const id = / ([0-9a-f-]{36}) +JobCancelRequested/.exec(await dlq("list", "--service", "ledger"))?.[1] ?? "";
    expect(await dlq("show", id)).toContain('"detail-type": "JobCancelRequested"');
    const { exitCode, stderr } = await vsl(system, ["dlq", "show", "no-such-letter"]);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("no such dead letter") });
  });

  test("sends a job's letters back, and is safe to repeat", async () => {
    const redrive = () => dlq("redrive", "--service", "ledger", "--job", jobId);
    expect(await redrive()).toContain("1 dead letter of ledger sent back.");
    await until("the event in the ledger", async () => {
      const rows = await history.dumpLedger();
      return rows.some((row) => row.includes("0b9f1c1a-0000-8000-8000-000000000001")) || undefined;
    });
    expect(await redrive()).toContain("0 dead letters of ledger sent back.");
  });

  test("a letter that fails again is one dead letter, not a loop", async () => {
    expect(await dlq("redrive", "--service", "ledger")).toContain("1 dead letter of ledger sent back.");
    await until(
      "the same dead letter",
      async () => (await dlq("list", "--service", "ledger")).includes("ledger: 1 dead letter\n") || undefined,
    );
  });

  test("discards nothing without being told twice", async () => {
    expect(await dlq("discard", "--service", "ledger")).toContain("Nothing was discarded");
    expect(await dlq("discard", "--service", "ledger", "--yes")).toContain("1 dead letter of ledger discarded.");
    expect(await dlq("list", "--service", "ledger")).toContain("no dead letters");
  });
});
