import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { userIdSchema } from "@vsl/events";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { jobRequest, local } from "../../test/examples.ts";
import { startCache } from "../../test/redis-engine.ts";
import { describeStatusCache } from "../../test/status-cache-suite.ts";
import { describeTurns } from "../../test/turns-suite.ts";
import { jobSchema } from "../job.ts";
import { newJobId } from "../job-id.ts";
import { createClaims } from "./redis-claims.ts";
import { connectRedis, type RedisConnection } from "./redis-connection.ts";
import { createRateLimit } from "./redis-rate-limit.ts";
import { createStatusCache } from "./redis-status-cache.ts";

let engine: Awaited<ReturnType<typeof startCache>>;
let connection: RedisConnection;

beforeAll(async () => {
  engine = await startCache();
  connection = connectRedis(engine.link, () => {});
});
afterAll(async () => {
  connection.close();
  await engine.stop();
});

describeStatusCache("Redis", () => createStatusCache(connection));
describeTurns("Redis", (options) => createRateLimit({ ...connection, ...options }));

const newJob = () => jobSchema.parse({ request: { ...jobRequest, jobId: newJobId(Date.now()) } });
const newKey = () => ({ accountId: local, keyHash: newJobId(Date.now()), bodyHash: "" });

test("no turn is counted without an end", async () => {
  const userId = userIdSchema.parse(`user-${newJobId(Date.now())}`);
  const { takeTurn } = createRateLimit(connection);
  await Promise.all(Array.from({ length: 20 }, () => takeTurn({ accountId: local, userId })));
  const ttl = await connection.redis.ttl(`rate:jobs:local:${userId}`);
  expect(ttl).toBeGreaterThan(3590);
});

test("a running job is kept for seconds, a settled one for an hour, and no prompt at all", async () => {
  const { cacheJob } = createStatusCache(connection);
  const job = newJob();
  const key = `job:status:${job.request.jobId}`;
  await cacheJob(job);
  expect(await connection.redis.pttl(key)).toBeLessThanOrEqual(10_000);
  const ending = { how: "failed", error: null, predictionId: null, startedAt: null, endedAt: job.request.requestedAt };
  const charge = { revision: 1, amountMicros: 0, currency: "USD", basis: "output", source: "measured" };
  await cacheJob(jobSchema.parse({ ...job, ending, charge }));
  expect(await connection.redis.pttl(key)).toBeGreaterThan(3_500_000);
  expect(await connection.redis.get(key)).not.toContain("sunset");
});

test("an entry that nobody can read is as good as none", async () => {
  const { findCachedJob } = createStatusCache(connection);
  const job = newJob();
  await connection.redis.set(`job:status:${job.request.jobId}`, "not ours", "PX", 1000);
  expect(await findCachedJob(job.request.jobId)).toBeNull();
});

test("one request at a time has a claim, and ending it lets the next one in", async () => {
  const claim = createClaims(connection);
  const key = newKey();
  const claims = await Promise.all(Array.from({ length: 10 }, () => claim(key)));
  const held = claims.filter((end) => end !== null);
  expect(held).toHaveLength(1);
  await held[0]?.();
  const next = await claim(key);
  expect(next).not.toBeNull();
  await held[0]?.();
  expect(await claim(key)).toBeNull();
  await next?.();
});

const requester = { accountId: local, userId: userIdSchema.parse("user") };

describe.each([
  ["is down", refusedPort],
  ["hangs", silentPort],
])("when Redis %s", (_, portOf) => {
  test("every call is answered without it after waiting once, and turns fall to a tenth", async () => {
    let reports = 0;
    const gone = connectRedis({ host: "127.0.0.1", port: await portOf() }, () => reports++);
    onTestFinished(() => gone.close());
    const job = newJob();
    const cache = createStatusCache(gone);
    const { takeTurn, giveBackTurn } = createRateLimit(gone);
    const started = performance.now();
    expect(await cache.findCachedJob(job.request.jobId)).toBeNull();
    await cache.cacheJob(job);
    expect(await createClaims(gone)(newKey())).not.toBeNull();
    const turns = await Promise.all(Array.from({ length: 30 }, () => takeTurn(requester)));
    await giveBackTurn(requester);
    expect(performance.now() - started).toBeLessThan(2 * 150);
    expect(turns.filter(({ granted }) => granted)).toHaveLength(10);
    expect(turns.at(-1)).toEqual({ granted: false, retryAfterSeconds: 30 });
    expect(reports).toBe(1);
  });
});

test("a Redis that falls silent is left aside, and asked again when it speaks", async () => {
  const wire = await startWire(engine.link);
  onTestFinished(() => wire.close());
  const flaky = connectRedis({ ...engine.link, host: "127.0.0.1", port: wire.port }, () => {});
  onTestFinished(() => flaky.close());
  const ping = () =>
    flaky.ask(
      (redis) => redis.ping(),
      () => "silence",
    );
  expect(await ping()).toBe("PONG");
  wire.hold();
  expect(await ping()).toBe("silence");
  wire.release();
  await vi.waitFor(async () => expect(await ping()).toBe("PONG"), { timeout: 5000, interval: 100 });
});

async function refusedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  server.close();
  await once(server, "close");
  return port;
}

/** Takes connections and says nothing. */
async function silentPort(): Promise<number> {
  const server = createServer((socket) => socket.on("error", () => {}).resume());
  onTestFinished(() => void server.close());
  return listen(server);
}

/** A wire to Redis whose answers can be held back. */
async function startWire({ host, port }: { host: string; port: number }) {
  const sockets: Socket[] = [];
  const answers: Socket[] = [];
  const server = createServer((near) => {
    const far = connect(port, host);
    for (const socket of [near, far]) sockets.push(socket.on("error", () => {}));
    answers.push(far);
    near.pipe(far);
    far.on("data", (bytes) => near.write(bytes));
  });
  return {
    port: await listen(server),
    hold: () => answers.forEach((socket) => void socket.pause()),
    release: () => answers.forEach((socket) => void socket.resume()),
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
