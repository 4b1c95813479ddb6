import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ListMultipartUploadsCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { createEndpoint } from "@vsl/local-cloud/endpoint";
import { createS3 } from "@vsl/local-cloud/s3";

const bucketName = "media";

/** The bucket as `infra.ts` declares it, in an S3 of this process; beside it, other services of the same endpoint. */
export async function startS3(services: Parameters<typeof createEndpoint>[0]["services"] = []) {
  const dataDir = await mkdtemp(join(tmpdir(), "storage-s3-"));
  const s3 = await createS3({ dataDir, region: "us-east-1", account: "000000000000" });
  await s3.createBucket(bucketName);
  const server = createEndpoint({ services, s3: s3.handle, report: () => {} }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const url = `http://127.0.0.1:${address.port}`;
  const client = new S3Client({
    endpoint: url,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  });

  return {
    url,
    client,
    bucket: bucketName,
    async keys(prefix = "") {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucketName, Prefix: prefix }));
      return Contents.map(({ Key }) => Key);
    },
    async openUploads() {
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucketName }));
      return Uploads.length;
    },
    async stop() {
      client.destroy();
      server.closeAllConnections();
      server.close();
      await s3.close();
      await rm(dataDir, { recursive: true });
    },
  };
}
