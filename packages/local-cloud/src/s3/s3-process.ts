/** Run as a process by the durability tests: an S3 with one bucket over the folder given, on a free port. */
import { createServer } from "node:http";
import { createS3 } from "./s3.ts";

const [, , dataDir = ""] = process.argv;
const s3 = await createS3({ dataDir, region: "us-east-1", account: "000000000000" });
await s3.createBucket("media");
const server = createServer((request, response) => {
  s3.handle(request, response).catch(() => response.destroy());
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address) process.send?.({ url: `http://127.0.0.1:${address.port}` });
});
process.on("message", () => process.send?.({ rssBytes: process.memoryUsage.rss() }));
process.on("disconnect", () => process.exit());
