import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
  type UpdateCommandInput,
} from "@aws-sdk/lib-dynamodb";
import { type JobId, JobRequested } from "@vsl/events";
import { z } from "zod";
import { type Fact, type Job, type JobRequest, jobSchema } from "../job.ts";
import type { Recorded } from "../record-fact.ts";
import { tableUnavailable } from "./dynamo-client.ts";

/** One value is enough: an index partition takes the marks of 500 jobs a second, Replicate starts 10. */
const unannouncedShard = "0";
const pageSize = 50;

const jobKey = (jobId: JobId) => ({ pk: `JOB#${jobId}` });

/** The request is kept as JSON text: it stays equal to the byte, and JSON has numbers that DynamoDB refuses. */
export const unannouncedRow = (request: JobRequest) => ({
  ...jobKey(request.jobId),
  request: JSON.stringify(request),
  requestedAt: request.requestedAt,
  unannouncedShard,
});

const requestText = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .pipe(JobRequested.payload);
/** A row without a request has facts that came before it; nobody may see it yet. */
const rowSchema = jobSchema.extend({ request: requestText.optional() });
const keysSchema = z.array(z.object({ pk: z.string() }));

/** The jobs in the table `realtime-jobs`: a row of facts for each. */
export function createJobTable({ client, tableName }: { client: DynamoDBDocumentClient; tableName: string }) {
  const TableName = tableName;

  return {
    /** The id is new: what stands in its place is an earlier try of this very write, which a late one must not undo. */
    async putJob(request: JobRequest): Promise<void> {
      const put = { TableName, Item: unannouncedRow(request), ConditionExpression: "attribute_not_exists(pk)" };
      await client
        .send(new PutCommand(put))
        .catch((error: unknown) => (error instanceof ConditionalCheckFailedException ? null : tableUnavailable(error)));
    },

    findJob,

    /** The first fact that is heard takes the mark away as well: one index write less than a mark removed on its own. */
    recordFact: (jobId: JobId, fact: Fact): Promise<Recorded> =>
      write(jobId, {
        UpdateExpression: "SET #kind = :value REMOVE unannouncedShard",
        ExpressionAttributeNames: { "#kind": fact.kind },
        ...(fact.kind === "charge"
          ? {
              ConditionExpression: "attribute_not_exists(#kind) OR #kind.revision < :revision",
              ExpressionAttributeValues: { ":value": fact.value, ":revision": fact.value.revision },
            }
          : {
              ConditionExpression: "attribute_not_exists(#kind)",
              ExpressionAttributeValues: { ":value": fact.value },
            }),
      }),

    /** From the archive, so without a mark: it was announced long ago. */
    restoreRequest: (request: JobRequest): Promise<Recorded> =>
      write(request.jobId, {
        UpdateExpression: "SET #request = :request, requestedAt = :requestedAt",
        ConditionExpression: "attribute_not_exists(#request)",
        ExpressionAttributeNames: { "#request": "request" },
        ExpressionAttributeValues: { ":request": JSON.stringify(request), ":requestedAt": request.requestedAt },
      }),

    async saveCancel(jobId: JobId, requestedAt: string): Promise<string | null> {
      const updated = await update(jobId, {
        UpdateExpression: "SET cancelRequestedAt = if_not_exists(cancelRequestedAt, :requestedAt)",
        ConditionExpression: "attribute_exists(#request) AND attribute_not_exists(ending)",
        ExpressionAttributeNames: { "#request": "request" },
        ExpressionAttributeValues: { ":requestedAt": requestedAt },
      });
      return updated && z.object({ cancelRequestedAt: z.string() }).parse(updated).cancelRequestedAt;
    },

    async *findUnannounced(requestedBefore: string): AsyncGenerator<JobRequest[]> {
      let from: Record<string, unknown> | undefined;
      do {
        const page = await client
          .send(
            new QueryCommand({
              TableName,
              IndexName: "unannounced",
              KeyConditionExpression: "unannouncedShard = :shard AND requestedAt < :before",
              ExpressionAttributeValues: { ":shard": unannouncedShard, ":before": requestedBefore },
              Limit: pageSize,
              ExclusiveStartKey: from,
            }),
          )
          .catch(tableUnavailable);
        const keys = keysSchema.parse(page.Items ?? []);
        const requests = await Promise.all(keys.map(findMarked));
        yield requests.filter((request) => request !== null);
        from = page.LastEvaluatedKey;
      } while (from);
    },

    async markAnnounced(jobId: JobId): Promise<void> {
      await update(jobId, {
        UpdateExpression: "REMOVE unannouncedShard",
        ConditionExpression: "attribute_exists(unannouncedShard)",
      });
    },
  };

  async function findJob(jobId: JobId): Promise<Job | null> {
    const { Item } = await client
      .send(new GetCommand({ TableName, Key: jobKey(jobId), ConsistentRead: true }))
      .catch(tableUnavailable);
    return Item ? jobOf(Item) : null;
  }

  /** The index lags: whether the row still has its mark is asked of the table. */
  async function findMarked({ pk }: { pk: string }): Promise<JobRequest | null> {
    const { Item } = await client
      .send(new GetCommand({ TableName, Key: { pk }, ConsistentRead: true }))
      .catch(tableUnavailable);
    return Item?.["unannouncedShard"] === undefined ? null : requestText.parse(Item["request"]);
  }

  async function write(jobId: JobId, expression: Expression): Promise<Recorded> {
    const updated = await update(jobId, expression);
    return updated ? { isNew: true, job: jobOf(updated) } : { isNew: false, job: await findJob(jobId) };
  }

  /** The whole row after the update, or null when its condition did not hold. */
  async function update(jobId: JobId, expression: Expression): Promise<Record<string, unknown> | null> {
    try {
      const { Attributes } = await client.send(
        new UpdateCommand({ TableName, Key: jobKey(jobId), ReturnValues: "ALL_NEW", ...expression }),
      );
      return Attributes ?? {};
    } catch (error) {
      return error instanceof ConditionalCheckFailedException ? null : tableUnavailable(error);
    }
  }
}

type Expression = Omit<UpdateCommandInput, "TableName" | "Key">;

/** The stored row with its request's input left behind. */
function jobOf(item: Record<string, unknown>): Job | null {
  const { request, ...facts } = rowSchema.parse(item);
  return request ? jobSchema.parse({ request, ...facts }) : null;
}
