import {
  DescribeArchiveCommand,
  DescribeReplayCommand,
  EventBridgeClient,
  StartReplayCommand,
} from "@aws-sdk/client-eventbridge";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApi, type Generation } from "./api.ts";
import { clientOptions } from "./aws.ts";
import { createLedger } from "./ledger.ts";
import { download } from "./player.ts";
import { makeDataDir, type System, startSystem } from "./system.ts";
import { until } from "./until.ts";
import { createUpstream } from "./upstream.ts";

const userId = "survivor";
const image = (prompt: string): Generation => ({
  ...{ userId, mediaType: "image", modelId: "flux-schnell" },
  parameters: { prompt, megapixels: "0.25" },
});
const video = (seed: number): Generation => ({
  ...{ userId, mediaType: "video", modelId: "stability-video" },
  parameters: { image: "https://example.com/a.jpg", seed },
});
const sound: Generation = { userId, mediaType: "audio", modelId: "lyria-2", parameters: { prompt: "rain" } };

const accepted: string[] = [];
let unheard = "";
const { dataDir, remove } = await makeDataDir();
let system: System;

async function request(generations: Generation[]): Promise<string[]> {
  const answers = await Promise.all(generations.map((generation) => createApi(system.url).request(generation)));
  const jobIds = answers.map(({ jobId }) => jobId);
  accepted.push(...jobIds);
  return jobIds;
}

async function crash(): Promise<void> {
  await system.kill9();
  system = await startSystem({ dataDir, at: system });
}

/** What was cut off may have to wait for a schedule, and the shortest on AWS is a minute: so all that waits, waits together. */
beforeAll(async () => {
  system = await startSystem({ dataDir });
  await request([image("one"), image("two"), image("three"), video(1), video(2)]);
  // In the moment of the last 202 …
  await crash();
  const running = await request([video(3), video(4), image("four"), sound, image("five")]);
  await until("a job that runs", async () => {
    const statuses = await Promise.all(running.map((jobId) => createApi(system.url).readStatus(jobId)));
    return statuses.find(({ status }) => status === "processing");
  });
  // … and amid running predictions.
  await crash();

  await createUpstream(system.replicateUrl).plantFault({
    ...{ match: { model: "bytedance/seedance-1-lite", event: "completed" }, times: 1 },
    fault: { kind: "webhook", drop: true },
  });
  const parameters = { prompt: "waves without a word", duration: 2, resolution: "480p" };
  [unheard = ""] = await request([{ userId, mediaType: "video", modelId: "seedance-1-lite", parameters }]);
});
afterAll(async () => {
  await system.kill9();
  await remove();
});

describe("after kill -9 of everything, twice", () => {
  test("each job that was accepted is completed, and its media are whole", async () => {
    const api = createApi(system.url);
    const jobs = await Promise.all(accepted.map((jobId) => api.completed(jobId, { withinMs: 100_000 })));
    expect(jobs).toHaveLength(11);
    for (const { result } of jobs) {
      const { sha256 } = await download(result.originalUrl);
      expect(sha256).toBe(result.outputs[0]?.sha256);
    }
  });

  test("no job has a second prediction, and each is charged as it is billed", async () => {
    const upstream = createUpstream(system.replicateUrl);
    for (const jobId of accepted) expect(await upstream.predictionsOf(jobId), jobId).toHaveLength(1);
    const ledger = createLedger(system.databaseUrl);
    expect(await ledger.charged(null)).toBe((await upstream.readBill()).totalMicros);
    await ledger.close();
  });
});

test("a job whose webhook was lost is completed all the same", async () => {
  const { replicateId = "" } = await createApi(system.url).completed(unheard);
  const webhooks = await createUpstream(system.replicateUrl).webhooksOf(replicateId);
  const told = webhooks.filter(({ event }) => event === "completed");
  expect(told).toMatchObject([{ outcome: "dropped by a fault" }]);
});

const tables = ["events", "jobs", "media_outputs", "model_configurations", "usage_tracking", "entries"];

test("a replay of the whole archive rebuilds the ledger as it was, and nothing is made or announced again", async () => {
  const upstream = createUpstream(system.replicateUrl);
  const ledger = createLedger(system.databaseUrl);
  const events = new EventBridgeClient(clientOptions(system.awsUrl));
  const dump = async () => {
    const rows = tables.map((table) =>
      ledger.query(`SELECT '${table}' AS of, t::text AS row FROM ${table} t ORDER BY 2`),
    );
    return (await Promise.all(rows)).flat();
  };
  const archived = async () =>
    (await events.send(new DescribeArchiveCommand({ ArchiveName: "vsl-local-archive" }))).EventCount;
  const outside = async () => ({
    bill: await upstream.readBill(),
    creates: await upstream.countCreates(),
    archived: await archived(),
  });
  const before = { rows: await dump(), outside: await outside() };
  expect(before.rows.length).toBeGreaterThan(accepted.length * 5);

  await ledger.query(`TRUNCATE ${tables.join(", ")}`);
  const { ArchiveArn } = await events.send(new DescribeArchiveCommand({ ArchiveName: "vsl-local-archive" }));
  const place = "arn:aws:events:us-east-1:000000000000";
  await events.send(
    new StartReplayCommand({
      ReplayName: "rebuild-ledger",
      EventSourceArn: ArchiveArn,
      EventStartTime: new Date(Date.now() - 3_600_000),
      EventEndTime: new Date(),
      Destination: {
        Arn: `${place}:event-bus/vsl-local-bus`,
        FilterArns: [`${place}:rule/vsl-local-bus/vsl-local-ledger-hears`],
      },
    }),
  );
  await until("the end of the replay", async () => {
    const { State } = await events.send(new DescribeReplayCommand({ ReplayName: "rebuild-ledger" }));
    return State === "COMPLETED" || undefined;
  });
  await until("as many rows as before", async () => ((await dump()).length === before.rows.length ? true : undefined));
  expect(await dump()).toEqual(before.rows);
  expect(await outside()).toEqual(before.outside);
  events.destroy();
  await ledger.close();
});

test("Ctrl-C leaves no process and no port behind", async () => {
  await system.stop();
  for (const url of [system.url, system.awsUrl, system.replicateUrl]) {
    await expect(fetch(url)).rejects.toThrow("fetch failed");
  }
});
