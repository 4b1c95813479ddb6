import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startLocalCloud } from "@vsl/local-cloud";
import { startRedis } from "@vsl/local-cloud/redis";
import { parseTopology } from "@vsl/local-cloud/topology";
import { startReplicateDouble } from "@vsl/replicate-double";
import { count, emptyTally, type Tally } from "./tally.ts";
import { tapRedis } from "./tap-redis.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const quietMs = 1_500;

export interface MeasuredSystem {
  url: string;
  /** What was called while the work was done and until all was quiet afterwards, with the bytes that were logged. */
  during(work: () => Promise<void>): Promise<{ tally: Tally; logBytes: number; redis: Map<string, number> }>;
  /** Those that run by the clock on AWS. Here they run when they are invoked. */
  scheduled: readonly { name: string; expression: string }[];
  invoke(functionName: string): Promise<void>;
  stop(): Promise<void>;
}

/** VSL as `npm start` runs it, except that its clock stands still, with somebody at every door who counts. */
export async function startMeasuredSystem(report: (line: string) => void): Promise<MeasuredSystem> {
  await using stack = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), "vsl-cost-"));
  stack.defer(() => rm(dataDir, { recursive: true, force: true }));
  const log = ({ level, message }: { level: string; message: string }) => report(`${level} ${message}`);
  const redis = await startRedis({ dataDir: join(dataDir, "redis"), port: 0, report: log });
  stack.defer(() => redis.stop());
  const tap = await tapRedis(redis);
  stack.defer(() => tap.stop());
  const double = await startReplicateDouble({ port: 0, dataDir: join(dataDir, "replicate"), timeScale: 0.1 });
  stack.defer(() => double.close());

  let tally = emptyTally();
  let lastCallAt = performance.now();
  const { schedules, ...topology } = parseTopology(
    JSON.parse(await readFile(join(root, "infra", "topology.json"), "utf8")),
  );
  const cloud = await startLocalCloud({
    topology: { ...topology, schedules: [] },
    root,
    dataDir,
    port: 0,
    awsPort: 0,
    redisUrl: tap.url,
    secrets: {
      ReplicateApiToken: double.token,
      ReplicateWebhookSecret: double.webhookSecret,
      MediaLinkSecret: "a secret of this benchmark only",
    },
    linkOverrides: {
      Access: { mode: "open" },
      Replicate: { baseUrl: `${double.url}/v1`, outputHosts: new URL(double.url).host },
    },
    observe(call) {
      const before = tally.sqsEmptyReceives;
      count(tally, call);
      if (tally.sqsEmptyReceives === before) lastCallAt = performance.now();
    },
    report: log,
  });
  stack.defer(() => cloud.stop());
  const running = stack.move();

  async function untilQuiet(): Promise<void> {
    while (performance.now() - lastCallAt < quietMs) await new Promise((resolve) => setTimeout(resolve, 100));
  }

  return {
    url: cloud.url,
    scheduled: schedules.map(({ function: name, expression }) => ({ name, expression })),
    async during(work) {
      await untilQuiet();
      tally = emptyTally();
      tap.commands.clear();
      const logged = await bytesIn(join(dataDir, "logs"));
      await work();
      await untilQuiet();
      const logBytes = (await bytesIn(join(dataDir, "logs"))) - logged;
      return { tally, logBytes, redis: new Map(tap.commands) };
    },
    async invoke(functionName) {
      const outcome = await cloud.invoke(functionName, {});
      if (outcome.kind !== "returned") throw new Error(`${functionName} ${outcome.kind}`);
    },
    stop: () => running.disposeAsync(),
  };
}

async function bytesIn(folder: string): Promise<number> {
  const sizes = (await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size);
  return (await Promise.all(sizes)).reduce((sum, bytes) => sum + bytes, 0);
}
