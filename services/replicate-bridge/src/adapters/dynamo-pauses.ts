import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import type { Pause, Pauses } from "../gate.ts";

const itemSchema = z.object({ until: z.number(), reason: z.enum(["throttled", "unauthorized", "unavailable"]) });

const freshForMs = 1_000;

/** One item of the table, so that all functions keep the same pause; what this process learnt holds at once. */
export function createDynamoPauses(
  client: DynamoDBDocumentClient,
  tableName: string,
  { key = "upstream#creates", now = Date.now }: { key?: string; now?: () => number } = {},
): Pauses {
  let known: Pause | null = null;
  let readAt = Number.NEGATIVE_INFINITY;

  return {
    readPause: async () => {
      // A pause that holds anyway need not be read again; it only ever grows longer.
      if ((known && known.until > now()) || now() - readAt < freshForMs) return known;
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: { pk: key, sk: "pause" }, ConsistentRead: true }),
      );
      readAt = now();
      remember(Item ? itemSchema.parse(Item) : null);
      return known;
    },
    extendPause: async (pause) => {
      remember(pause);
      const command = new UpdateCommand({
        TableName: tableName,
        Key: { pk: key, sk: "pause" },
        UpdateExpression: "SET #until = :until, reason = :reason",
        ConditionExpression: "attribute_not_exists(#until) OR #until < :until",
        ExpressionAttributeNames: { "#until": "until" },
        ExpressionAttributeValues: { ":until": pause.until, ":reason": pause.reason },
      });
      await client.send(command).catch((error: unknown) => {
        // Another function knows of a longer one.
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      });
    },
  };

  function remember(pause: Pause | null): void {
    if (pause && (!known || pause.until > known.until)) known = pause;
  }
}
