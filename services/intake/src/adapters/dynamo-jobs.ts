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
import * as z from "zod";
import { type Fact, type Job, type JobRequest, jobSchema } from "../job.ts";
import type { Known } from "../preview-events.ts";
import type { Recorded } from "../record-facts.ts";
import { tableUnavailable } from "./dynamo-client.ts";
import { jobKey, singleKey, stretchesBetween } from "./dynamo-rows.ts";

const pageSize = 100;

/** The request is kept as JSON text: it stays equal to the byte, and JSON has numbers that DynamoDB refuses. */
const requestAttribute = ({ input: _, model: __, ...request }: JobRequest) => ({ request: JSON.stringify(request) });

/** `unannounced` is what else the announcement needs, and the mark that it is still to be made. */
export const unannouncedRow = (request: JobRequest) => ({
  ...jobKey(request.jobId),
  ...requestAttribute(request),
  unannounced: JSON.stringify({ model: request.model, input: request.input }),
});

const json = z.string().transform((text): unknown => JSON.parse(text));
/** A row without a request has facts that came before it; nobody may see it yet. */
const rowSchema = jobSchema.extend({ request: json.pipe(jobSchema.shape.request).optional() });
const markedRowSchema = z
  .object({ request: json.pipe(z.looseObject({})), unannounced: json.pipe(z.looseObject({})) })
  .transform(({ request, unannounced }) => ({ ...request, ...unannounced }))
  .pipe(JobRequested.payload);

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

    /** Also what came before its request, and no caller sees. */
    async findKnown(jobId: JobId): Promise<Known | null> {
      const item = await findItem(jobId);
      return item ? rowSchema.parse(item) : null;
    },

    recordFacts,

    /** From the archive, so without a mark: it was announced long ago. */
    async restoreRequest(request: JobRequest): Promise<Job | null> {
      const updated = await update(request.jobId, {
        UpdateExpression: "SET #request = :request",
        ConditionExpression: "attribute_not_exists(#request)",
        ExpressionAttributeNames: { "#request": "request" },
        ExpressionAttributeValues: { ":request": requestAttribute(request).request },
      });
      return updated ? jobOf(updated) : findJob(request.jobId);
    },

    async saveCancel(jobId: JobId, requestedAt: string): Promise<string | null> {
      const updated = await update(jobId, {
        UpdateExpression: "SET cancelRequestedAt = if_not_exists(cancelRequestedAt, :requestedAt)",
        ConditionExpression: "attribute_exists(#request) AND attribute_not_exists(ending)",
        ExpressionAttributeNames: { "#request": "request" },
        ExpressionAttributeValues: { ":requestedAt": requestedAt },
      });
      return updated && z.object({ cancelRequestedAt: z.string() }).parse(updated).cancelRequestedAt;
    },

    async *findUnannounced({ from, before }: { from: number; before: number }): AsyncGenerator<JobRequest[]> {
      for (const stretch of stretchesBetween(from, before)) yield* findMarked(stretch);
    },

    async markAnnounced(jobId: JobId): Promise<void> {
      await update(jobId, {
        UpdateExpression: "REMOVE unannounced",
        ConditionExpression: "attribute_exists(unannounced)",
      });
    },

    async readSweptUntil(): Promise<number | null> {
      const { Item } = await client
        .send(new GetCommand({ TableName, Key: sweepKey, ConsistentRead: true }))
        .catch(tableUnavailable);
      return Item ? z.object({ sweptUntil: z.number() }).parse(Item).sweptUntil : null;
    },

    async saveSweptUntil(sweptUntil: number): Promise<void> {
      await client.send(new PutCommand({ TableName, Item: { ...sweepKey, sweptUntil } })).catch(tableUnavailable);
    },
  };

  /** All that is new at once: DynamoDB bills by the write. If anything of it is known already, each by itself. */
  async function recordFacts(jobId: JobId, facts: readonly Fact[]): Promise<Recorded> {
    const updated = await update(jobId, expressionOf(facts));
    if (updated) return { news: facts, job: jobOf(updated) };
    if (facts.length === 1) return { news: [], job: await findJob(jobId) };
    const news: Fact[] = [];
    for (const fact of facts) if (await update(jobId, expressionOf([fact]))) news.push(fact);
    return { news, job: await findJob(jobId) };
  }

  async function findJob(jobId: JobId): Promise<Job | null> {
    const item = await findItem(jobId);
    return item ? jobOf(item) : null;
  }

  async function findItem(jobId: JobId): Promise<Record<string, unknown> | undefined> {
    const get = new GetCommand({ TableName, Key: jobKey(jobId), ConsistentRead: true });
    return (await client.send(get).catch(tableUnavailable)).Item;
  }

  async function* findMarked({ pk, from, before }: ReturnType<typeof stretchesBetween>[number]) {
    let next: Record<string, unknown> | undefined;
    do {
      const { Items, LastEvaluatedKey } = await client
        .send(
          new QueryCommand({
            TableName,
            KeyConditionExpression: "pk = :pk AND sk BETWEEN :from AND :before",
            FilterExpression: "attribute_exists(unannounced)",
            ExpressionAttributeValues: { ":pk": pk, ":from": from, ":before": before },
            ConsistentRead: true,
            Limit: pageSize,
            ExclusiveStartKey: next,
          }),
        )
        .catch(tableUnavailable);
      const marked = z.array(markedRowSchema).parse(Items ?? []);
      if (marked.length > 0) yield marked;
      next = LastEvaluatedKey;
    } while (next);
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

/** Up to where the sweeper has seen every job announced. */
const sweepKey = singleKey("SWEEP");

/** Of each kind one fact at most. Whatever is heard of a job shows that it was announced. */
function expressionOf(facts: readonly Fact[]): Expression {
  const conditions = facts.map(({ kind }) =>
    kind === "charge"
      ? "(attribute_not_exists(#charge) OR #charge.revision < :revision)"
      : `attribute_not_exists(#${kind})`,
  );
  const revision = facts.flatMap((fact) => (fact.kind === "charge" ? [[":revision", fact.value.revision]] : []));
  return {
    UpdateExpression: `SET ${facts.map(({ kind }) => `#${kind} = :${kind}`).join(", ")} REMOVE unannounced`,
    ConditionExpression: conditions.join(" AND "),
    ExpressionAttributeNames: Object.fromEntries(facts.map(({ kind }) => [`#${kind}`, kind])),
    ExpressionAttributeValues: Object.fromEntries([
      ...facts.map(({ kind, value }) => [`:${kind}`, value]),
      ...revision,
    ]),
  };
}

function jobOf(item: Record<string, unknown>): Job | null {
  const { request, ...facts } = rowSchema.parse(item);
  return request ? { request, ...facts } : null;
}
