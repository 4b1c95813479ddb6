import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { createDynamodb } from "@vsl/local-cloud/dynamodb";
import { createEndpoint } from "@vsl/local-cloud/endpoint";
import type { TableTopology } from "@vsl/local-cloud/topology";

export const predictionsTable = (name: string): TableTopology => ({
  name,
  attributes: { pk: "S", sk: "S" },
  hashKey: "pk",
  rangeKey: "sk",
  globalIndexes: [],
  ttlAttribute: "expiresAt",
});

/** A DynamoDB in this process, on a free port, with its files in a new folder. */
export async function startDynamo() {
  const dataDir = await mkdtemp(join(tmpdir(), "bridge-"));
  const dynamodb = createDynamodb({ dataDir, region: "us-east-1", account: "000000000000" });
  const server = createEndpoint({
    services: [dynamodb],
    s3: () => Promise.reject(new Error("there is no S3 here")),
    report: () => undefined,
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the endpoint has no port");
  const raw = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${address.port}`,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  let tables = 0;

  return {
    client: DynamoDBDocumentClient.from(raw),
    newTable: async () => {
      const name = `predictions-${++tables}`;
      await dynamodb.applyTable(predictionsTable(name));
      return name;
    },
    close: async () => {
      raw.destroy();
      server.closeAllConnections();
      server.close();
      await dynamodb.close();
      await rm(dataDir, { recursive: true });
    },
  };
}
