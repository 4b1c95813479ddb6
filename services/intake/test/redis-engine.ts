import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startRedis } from "@vsl/local-cloud/redis";
import type { CacheLink } from "../src/adapters/redis-connection.ts";

/** The Redis at VSL_TEST_REDIS_URL, or the one of this machine. What tests leave there carries ids of their own. */
export async function startCache(): Promise<{ link: CacheLink; stop: () => Promise<void> }> {
  const given = process.env["VSL_TEST_REDIS_URL"];
  if (given) {
    const { hostname, port, username, password } = new URL(given);
    return { link: { host: hostname, port: Number(port || 6379), username, password }, stop: async () => {} };
  }
  const dataDir = await mkdtemp(join(tmpdir(), "intake-redis-"));
  const redis = await startRedis({ dataDir, port: 0, report: () => {} });
  const { host, port } = redis;
  return {
    link: { host, port },
    async stop() {
      await redis.stop();
      await rm(dataDir, { recursive: true });
    },
  };
}
