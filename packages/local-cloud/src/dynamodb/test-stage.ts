import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { expect } from "vitest";
import { createEndpoint } from "../endpoint/endpoint.ts";
import type { TableTopology } from "../topology.ts";
import { createDynamodb, type Dynamodb } from "./dynamodb.ts";

export const jobs: TableTopology = {
  name: "jobs",
  attributes: { id: "S", owner: "S", at: "N" },
  hashKey: "id",
  rangeKey: null,
  globalIndexes: [{ name: "byOwner", hashKey: "owner", rangeKey: "at", projection: "ALL" }],
  ttlAttribute: "expiresAt",
};
export const TableName = jobs.name;

export interface Stage {
  dynamodb: Dynamodb;
  raw: DynamoDBClient;
  client: DynamoDBDocumentClient;
  dataDir: string;
  /** Moves the clock on. */
  wait(seconds: number): void;
  nowSeconds(): number;
  put(item: Record<string, unknown>): Promise<unknown>;
  get(id: string): Promise<Record<string, unknown> | undefined>;
  ownedBy(owner: string): Promise<string[]>;
  /** The same data, a new process as far as DynamoDB can tell; `between` runs while it is down. */
  restart(between?: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** A DynamoDB with the table `jobs`, behind its real endpoint, and unmodified SDK clients before it. */
export async function openStage(): Promise<Stage> {
  const dataDir = await mkdtemp(join(tmpdir(), "dynamodb-"));
  let clock = Date.now();

  async function open() {
    const dynamodb = createDynamodb({ dataDir, region: "eu-central-1", account: "000000000000", now: () => clock });
    const server = createEndpoint({
      services: [dynamodb],
      s3: () => Promise.reject(new Error("not asked for")),
      report: ({ level, message }) => level === "ERROR" && expect.unreachable(message),
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const raw = new DynamoDBClient({
      endpoint: `http://127.0.0.1:${typeof address === "object" ? address?.port : address}`,
      region: "eu-central-1",
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
      maxAttempts: 1,
    });
    const close = async () => {
      raw.destroy();
      server.closeAllConnections();
      server.close();
      await dynamodb.close();
    };
    return { dynamodb, raw, client: DynamoDBDocumentClient.from(raw), close };
  }

  let running = await open();
  await running.dynamodb.applyTable(jobs);
  return {
    get dynamodb() {
      return running.dynamodb;
    },
    get raw() {
      return running.raw;
    },
    get client() {
      return running.client;
    },
    dataDir,
    wait(seconds) {
      clock += seconds * 1_000;
    },
    nowSeconds: () => Math.floor(clock / 1_000),
    put: (Item) => running.client.send(new PutCommand({ TableName, Item })),
    get: async (id) => (await running.client.send(new GetCommand({ TableName, Key: { id } }))).Item,
    async ownedBy(owner) {
      const { Items = [] } = await running.client.send(
        new QueryCommand({
          TableName,
          IndexName: "byOwner",
          KeyConditionExpression: "#o = :o",
          ExpressionAttributeNames: { "#o": "owner" },
          ExpressionAttributeValues: { ":o": owner },
        }),
      );
      return Items.map(({ id }) => String(id));
    },
    async restart(between) {
      await running.close();
      await between?.();
      running = await open();
    },
    async close() {
      await running.close();
      await rm(dataDir, { recursive: true });
    },
  };
}
