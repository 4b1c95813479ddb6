import { setTimeout as sleep } from "node:timers/promises";
import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, GetCommand, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { jobIdSchema } from "@vsl/events";
import * as z from "zod";
import { type Idempotency, type KeptAnswer, keptSeconds } from "../idempotency.ts";
import type { JobRequest } from "../job.ts";
import { answerOf } from "../request-job.ts";
import { tableUnavailable } from "./dynamo-client.ts";
import { unannouncedRow } from "./dynamo-jobs.ts";
import { singleKey } from "./dynamo-rows.ts";

const answerKey = ({ accountId, keyHash }: Idempotency) => singleKey(`IDEMPOTENCY#${accountId}#${keyHash}`);

const rowSchema = z.object({
  jobId: jobIdSchema,
  bodyHash: z.string(),
  estimatedSeconds: z.number(),
  amountMicros: z.int(),
  /** Epoch seconds; the table's TTL attribute. */
  expiresAt: z.int(),
});

export interface AnswerTable {
  client: DynamoDBDocumentClient;
  tableName: string;
  now?: () => number;
}

/** Answers under their idempotency keys, each written together with its job. */
export function createAnswerTable({ client, tableName: TableName, now = Date.now }: AnswerTable) {
  const nowSeconds = () => Math.floor(now() / 1000);

  return {
    async findAnswer(idempotency: Idempotency): Promise<KeptAnswer | null> {
      const { Item } = await client
        .send(new GetCommand({ TableName, Key: answerKey(idempotency), ConsistentRead: true }))
        .catch(tableUnavailable);
      if (!Item) return null;
      const { expiresAt, ...answer } = rowSchema.parse(Item);
      // DynamoDB deletes what has expired within days, not at once.
      return expiresAt > nowSeconds() ? answer : null;
    },

    /** DynamoDB refuses one of two transactions that meet at a row; the refused one asks again. */
    async putJobAndAnswer(request: JobRequest, idempotency: Idempotency): Promise<"saved" | "key taken"> {
      for (let attempt = 1; ; attempt++) {
        try {
          await client.send(transactionOf(request, idempotency));
          return "saved";
        } catch (error) {
          const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
          if (reasons.some(({ Code }) => Code === "ConditionalCheckFailed")) return "key taken";
          const met = reasons.some(({ Code }) => Code === "TransactionConflict");
          if (!met || attempt === 5) return tableUnavailable(error);
          await sleep(20 * attempt * (0.5 + Math.random()));
        }
      }
    },
  };

  function transactionOf(request: JobRequest, idempotency: Idempotency) {
    const answer = {
      ...answerKey(idempotency),
      ...answerOf(request),
      bodyHash: idempotency.bodyHash,
      expiresAt: nowSeconds() + keptSeconds,
    };
    return new TransactWriteCommand({
      TransactItems: [
        {
          Put: {
            TableName,
            Item: answer,
            ConditionExpression: "attribute_not_exists(pk) OR expiresAt <= :now",
            ExpressionAttributeValues: { ":now": nowSeconds() },
          },
        },
        { Put: { TableName, Item: unannouncedRow(request) } },
      ],
    });
  }
}
