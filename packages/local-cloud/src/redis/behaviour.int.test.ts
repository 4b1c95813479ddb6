import { describeRedis } from "./describe-redis.ts";
import { startEmbeddedServer } from "./embedded-server.ts";

describeRedis("the embedded Redis", async () => {
  const { port, stop } = await startEmbeddedServer({ host: "127.0.0.1", port: 0, report: () => undefined });
  return { url: `redis://127.0.0.1:${port}`, stop };
});

const other = process.env["VSL_TEST_REDIS_URL"];
if (other) describeRedis("the Redis of VSL_TEST_REDIS_URL", async () => ({ url: other, stop: async () => undefined }));
