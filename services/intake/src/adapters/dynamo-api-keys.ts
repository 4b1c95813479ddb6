import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  TransactWriteCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { type AccountId, accountIdSchema } from "@vsl/events";
import * as z from "zod";
import { type ApiKey, keyIdOf } from "../api-keys.ts";
import type { KnownKey } from "../caller.ts";
import { tableUnavailable } from "./dynamo-client.ts";
import { singleKey } from "./dynamo-rows.ts";

const keyPrefix = "KEY#";
const maxKeysPerRead = 100;

const keyRow = (keyHash: string) => singleKey(`${keyPrefix}${keyHash}`);
/** Lists the hashes of an account's keys, so that no index and no scan is needed to find them. */
const accountRow = (accountId: AccountId) => singleKey(`KEYS#${accountId}`);

const rowSchema = z.object({
  pk: z.string(),
  accountId: accountIdSchema,
  name: z.string(),
  createdAt: z.string(),
  revokedAt: z.string().nullable().default(null),
  lastUsedAt: z.string().nullable().default(null),
});
const hashesSchema = z.set(z.string());

/** API keys by their hashes. */
export function createKeyTable({ client, tableName }: { client: DynamoDBDocumentClient; tableName: string }) {
  const TableName = tableName;
  return {
    /** Read consistently: a key that was just revoked opens nothing any more. */
    async findKey(keyHash: string): Promise<KnownKey | null> {
      const { Item } = await client
        .send(new GetCommand({ TableName, Key: keyRow(keyHash), ConsistentRead: true }))
        .catch(tableUnavailable);
      return Item ? keyOf(Item) : null;
    },

    async noteUse(keyHash: string, usedAt: string): Promise<void> {
      await client
        .send(
          new UpdateCommand({
            TableName,
            Key: keyRow(keyHash),
            UpdateExpression: "SET lastUsedAt = :usedAt",
            ConditionExpression: "attribute_exists(pk) AND (attribute_not_exists(lastUsedAt) OR lastUsedAt < :usedAt)",
            ExpressionAttributeValues: { ":usedAt": usedAt },
          }),
        )
        .catch((error: unknown) => (error instanceof ConditionalCheckFailedException ? null : tableUnavailable(error)));
    },

    async saveKey({ keyHash, ...key }: Pick<ApiKey, "accountId" | "name" | "createdAt"> & { keyHash: string }) {
      const hashes = {
        TableName,
        Key: accountRow(key.accountId),
        UpdateExpression: "ADD hashes :hash",
        ExpressionAttributeValues: { ":hash": new Set([keyHash]) },
      };
      const row = { TableName, Item: { ...keyRow(keyHash), ...key } };
      await client
        .send(new TransactWriteCommand({ TransactItems: [{ Put: row }, { Update: hashes }] }))
        .catch(tableUnavailable);
    },

    async listKeys(accountId: AccountId): Promise<(ApiKey & { keyHash: string })[]> {
      const { Item } = await client
        .send(new GetCommand({ TableName, Key: accountRow(accountId), ConsistentRead: true }))
        .catch(tableUnavailable);
      const hashes = Item ? [...hashesSchema.parse(Item["hashes"])] : [];
      const pages = Array.from({ length: Math.ceil(hashes.length / maxKeysPerRead) }, (_, page) =>
        hashes.slice(page * maxKeysPerRead, (page + 1) * maxKeysPerRead),
      );
      return (await Promise.all(pages.map(readKeys))).flat();
    },

    async saveRevocation(keyHash: string, revokedAt: string): Promise<string> {
      const { Attributes } = await client
        .send(
          new UpdateCommand({
            TableName,
            Key: keyRow(keyHash),
            UpdateExpression: "SET revokedAt = if_not_exists(revokedAt, :revokedAt)",
            ConditionExpression: "attribute_exists(pk)",
            ExpressionAttributeValues: { ":revokedAt": revokedAt },
            ReturnValues: "ALL_NEW",
          }),
        )
        .catch(tableUnavailable);
      return keyOf(Attributes).revokedAt ?? revokedAt;
    },
  };

  async function readKeys(hashes: readonly string[]) {
    let keys: Record<string, unknown>[] = hashes.map(keyRow);
    const found: (ApiKey & { keyHash: string })[] = [];
    while (keys.length > 0) {
      const { Responses, UnprocessedKeys } = await client
        .send(new BatchGetCommand({ RequestItems: { [TableName]: { Keys: keys, ConsistentRead: true } } }))
        .catch(tableUnavailable);
      found.push(...(Responses?.[TableName] ?? []).map(keyOf));
      keys = UnprocessedKeys?.[TableName]?.Keys ?? [];
    }
    return found;
  }
}

function keyOf(item: unknown): ApiKey & { keyHash: string } {
  const { pk, ...key } = rowSchema.parse(item);
  const keyHash = pk.slice(keyPrefix.length);
  return { keyId: keyIdOf(keyHash), keyHash, ...key };
}
