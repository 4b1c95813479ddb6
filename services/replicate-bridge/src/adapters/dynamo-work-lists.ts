import { randomUUID } from "node:crypto";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
} from "@aws-sdk/lib-dynamodb";
import { type JobId, jobIdSchema } from "@vsl/events";
import * as z from "zod";

/** A job's place among those that still need work: items of their own, in the same table, in the order in which they are due. */
export interface Place {
  list: "deferred" | "in-flight";
  /** ISO 8601. */
  due: string;
  jobId: JobId;
}

/** A place as it was found. `token` is new whenever it is taken again. */
export interface FoundPlace extends Place {
  token: string;
  takenAt: number;
}

const itemSchema = z.object({ due: z.iso.datetime(), jobId: jobIdSchema, token: z.string(), takenAt: z.number() });

const keyOf = ({ list, due, jobId }: Place) => ({ pk: list, sk: `${due}#${jobId}` });
/** Sorts after every job of its time. */
const afterAll = "#~";

export function createDynamoWorkLists(client: DynamoDBDocumentClient, TableName: string) {
  return {
    async take(place: Place): Promise<void> {
      const { due, jobId } = place;
      const Item = { ...keyOf(place), due, jobId, token: randomUUID(), takenAt: Date.now() };
      await client.send(new PutCommand({ TableName, Item }));
    },

    async find(place: Place): Promise<FoundPlace | null> {
      const { Item } = await client.send(new GetCommand({ TableName, Key: keyOf(place), ConsistentRead: true }));
      return Item ? { list: place.list, ...itemSchema.parse(Item) } : null;
    },

    /** Unless it has been taken again since it was found. */
    async leave(place: FoundPlace): Promise<void> {
      const leaving = new DeleteCommand({
        TableName,
        Key: keyOf(place),
        ConditionExpression: "#token = :token",
        ExpressionAttributeNames: { "#token": "token" },
        ExpressionAttributeValues: { ":token": place.token },
      });
      await client.send(leaving).catch((error: unknown) => {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      });
    },

    /** For good: nobody takes the place of a job that is done. */
    async leaveForGood(place: Place): Promise<void> {
      await client.send(new DeleteCommand({ TableName, Key: keyOf(place) }));
    },

    /** Pages of places that are due by then, the most overdue first. */
    async *listDue(list: Place["list"], before: string): AsyncGenerator<FoundPlace[]> {
      const pages = paginateQuery(
        { client, pageSize: 100 },
        {
          TableName,
          KeyConditionExpression: "pk = :list AND sk <= :before",
          ExpressionAttributeValues: { ":list": list, ":before": before + afterAll },
          ConsistentRead: true,
        },
      );
      for await (const { Items } of pages) {
        yield z
          .array(itemSchema)
          .parse(Items ?? [])
          .map((item) => ({ list, ...item }));
      }
    },
  };
}
