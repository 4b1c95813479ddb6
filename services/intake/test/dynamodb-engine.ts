import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { createDynamodb, type Dynamodb } from "@vsl/local-cloud/dynamodb";
import { createEndpoint } from "@vsl/local-cloud/endpoint";

export const tableName = "realtime-jobs";

/** The table as `infra.ts` declares it. */
export const realtimeJobs: Parameters<Dynamodb["applyTable"]>[0] = {
  name: tableName,
  attributes: { pk: "S", sk: "S" },
  hashKey: "pk",
  rangeKey: "sk",
  globalIndexes: [],
  ttlAttribute: "expiresAt",
};

/** The table in a DynamoDB of this process. */
export async function startTable() {
  const dataDir = await mkdtemp(join(tmpdir(), "intake-dynamodb-"));
  const dynamodb = createDynamodb({ dataDir, region: "us-east-1", account: "000000000000" });
  await dynamodb.applyTable(realtimeJobs);
  const server = createEndpoint({
    services: [dynamodb],
    s3: () => Promise.reject(new Error("there is no S3 here")),
    report: () => {},
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const url = `http://127.0.0.1:${address.port}`;
  const raw = new DynamoDBClient({
    endpoint: url,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  });

  return {
    url,
    client: DynamoDBDocumentClient.from(raw, { marshallOptions: { removeUndefinedValues: true } }),
    async stop() {
      raw.destroy();
      server.closeAllConnections();
      server.close();
      await dynamodb.close();
      await rm(dataDir, { recursive: true });
    },
  };
}
