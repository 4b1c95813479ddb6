import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  UpdateCommand,
  type UpdateCommandInput,
} from "@aws-sdk/lib-dynamodb";
import type { JobId } from "@vsl/events";
import type { PredictionRecords } from "../prediction-records.ts";
import { type PredictionRecord, recordSchema } from "../record.ts";
import { isoOf, msOf } from "../timestamp.ts";
import { createDynamoWorkLists } from "./dynamo-work-lists.ts";

/** A recorded outcome is due for its announcement at the latest after this, whatever its next check was. */
const announcedWithinMs = 60_000;

type Update = Omit<UpdateCommandInput, "TableName" | "Key" | "ReturnValues">;

/**
 * The table `predictions`: an item a job. `unfinishedShard` and `nextCheckAt` put an item into the sparse index `unfinished`, as
 * "deferred" or "in-flight"; a prediction that goes well enters it once and leaves it once.
 */
export function createDynamoPredictions(client: DynamoDBDocumentClient, tableName: string): PredictionRecords {
  const lists = createDynamoWorkLists(client, tableName, readRecord);

  return {
    readRecord,
    ...lists,

    writeIntent: async (intent) => {
      const { attemptedAt, ...rest } = intent;
      const item = {
        state: "waiting",
        ...rest,
        submission: JSON.stringify(intent.submission),
        ...(attemptedAt && { attemptedAt }),
        unfinishedShard: attemptedAt ? "in-flight" : "deferred",
      };
      const written = await unlessRefused(
        client.send(
          new PutCommand({ TableName: tableName, Item: item, ConditionExpression: "attribute_not_exists(jobId)" }),
        ),
      );
      if (written) return { written: true, record: recordOf(item) };
      return { written: false, record: await mustRead(intent.jobId) };
    },

    lease: async ({ jobId, nextCheckAt }, { at, until }) => {
      const record = await update(jobId, {
        UpdateExpression:
          "SET unfinishedShard = :inFlight, nextCheckAt = :until, attemptedAt = if_not_exists(attemptedAt, :at)",
        ConditionExpression: "#state = :waiting AND nextCheckAt = :seen",
        ExpressionAttributeNames: { "#state": "state" },
        ExpressionAttributeValues: {
          ":inFlight": "in-flight",
          ":until": until,
          ":at": at,
          ":waiting": "waiting",
          ":seen": nextCheckAt,
        },
      });
      return record?.state === "waiting" ? record : null;
    },

    defer: async ({ jobId, nextCheckAt }) =>
      (await update(jobId, {
        UpdateExpression: "SET unfinishedShard = :deferred, nextCheckAt = #request.requestedAt REMOVE attemptedAt",
        ConditionExpression: "#state = :waiting AND nextCheckAt = :seen",
        ExpressionAttributeNames: { "#state": "state", "#request": "request" },
        ExpressionAttributeValues: { ":deferred": "deferred", ":waiting": "waiting", ":seen": nextCheckAt },
      })) ?? readRecord(jobId),

    savePrediction: async (jobId, { predictionId, startedAt, nextCheckAt }) => {
      const record = await update(jobId, {
        UpdateExpression: `SET #state = :running, predictionId = :id, startedAt = :startedAt, unfinishedShard = :inFlight${
          nextCheckAt ? ", nextCheckAt = :next" : ""
        } REMOVE submission, attemptedAt`,
        ConditionExpression: "#state = :waiting",
        ExpressionAttributeNames: { "#state": "state" },
        ExpressionAttributeValues: {
          ":running": "running",
          ":waiting": "waiting",
          ":id": predictionId,
          ":startedAt": startedAt,
          ":inFlight": "in-flight",
          ...(nextCheckAt && { ":next": nextCheckAt }),
        },
      });
      return record ? { saved: true, record } : { saved: false, record: await readRecord(jobId) };
    },

    claimPrediction: async (predictionId, { jobId, expiresAt }) =>
      unlessRefused(
        client.send(
          new PutCommand({
            TableName: tableName,
            Item: { jobId: `prediction#${predictionId}`, claimedBy: jobId, expiresAt },
            ConditionExpression: "attribute_not_exists(jobId) OR claimedBy = :jobId",
            ExpressionAttributeValues: { ":jobId": jobId },
          }),
        ),
      ),

    requestCancel: async (jobId, at) => {
      const record = await update(jobId, {
        UpdateExpression:
          "SET cancelRequestedAt = if_not_exists(cancelRequestedAt, :at), #state = if_not_exists(#state, :tombstone)",
        ExpressionAttributeNames: { "#state": "state" },
        ExpressionAttributeValues: { ":at": at, ":tombstone": "tombstone" },
      });
      return record ?? mustRead(jobId);
    },

    recordOutcome: async (record, { outcome, at, adopted }) => {
      const due = isoOf(msOf(at) + announcedWithinMs);
      const unattempted = record.state === "waiting" && record.attemptedAt === null;
      return ending(record.jobId, {
        UpdateExpression: `SET #state = :ended, outcome = :outcome, recordedAt = :at, unfinishedShard = :inFlight, nextCheckAt = :next${
          adopted ? ", predictionId = :predictionId, startedAt = :startedAt" : ""
        } REMOVE submission, attemptedAt`,
        ConditionExpression: `#state = :seen${unattempted ? " AND attribute_not_exists(attemptedAt)" : ""}`,
        ExpressionAttributeNames: { "#state": "state" },
        ExpressionAttributeValues: {
          ":ended": "ended",
          ":seen": record.state,
          ":outcome": outcome,
          ":at": at,
          ":inFlight": "in-flight",
          ":next": record.nextCheckAt > due ? at : record.nextCheckAt,
          ...(adopted && { ":predictionId": adopted.predictionId, ":startedAt": adopted.startedAt }),
        },
      });
    },

    endTombstone: async (jobId, { request, outcome, at }) =>
      ending(jobId, {
        UpdateExpression:
          "SET #state = :ended, #request = :request, outcome = :outcome, recordedAt = :at, unfinishedShard = :inFlight, nextCheckAt = :at",
        ConditionExpression: "#state = :tombstone",
        ExpressionAttributeNames: { "#state": "state", "#request": "request" },
        ExpressionAttributeValues: {
          ":ended": "ended",
          ":tombstone": "tombstone",
          ":request": request,
          ":outcome": outcome,
          ":at": at,
          ":inFlight": "in-flight",
        },
      }),

    markAnnounced: async (jobId, { at, expiresAt }) => {
      await update(jobId, {
        UpdateExpression: "SET announcedAt = :at, expiresAt = :expiresAt REMOVE unfinishedShard, nextCheckAt",
        ConditionExpression: "#state = :ended",
        ExpressionAttributeNames: { "#state": "state" },
        ExpressionAttributeValues: { ":at": at, ":expiresAt": expiresAt, ":ended": "ended" },
      });
    },

    postponeCheck: async (jobId, { nextCheckAt, missingSince }) => {
      await update(jobId, {
        UpdateExpression: `SET nextCheckAt = :next, checks = if_not_exists(checks, :none) + :one${
          missingSince ? ", missingSince = :missingSince" : " REMOVE missingSince"
        }`,
        ConditionExpression: "#state = :running",
        ExpressionAttributeNames: { "#state": "state" },
        ExpressionAttributeValues: {
          ":next": nextCheckAt,
          ":none": 0,
          ":one": 1,
          ":running": "running",
          ...(missingSince && { ":missingSince": missingSince }),
        },
      });
    },
  };

  async function readRecord(jobId: JobId): Promise<PredictionRecord | null> {
    const { Item } = await client.send(new GetCommand({ TableName: tableName, Key: { jobId }, ConsistentRead: true }));
    return Item ? recordOf(Item) : null;
  }

  async function mustRead(jobId: JobId): Promise<PredictionRecord> {
    const record = await readRecord(jobId);
    if (!record) throw new Error(`the record of job ${jobId} was there a moment ago`);
    return record;
  }

  /** Null when the condition does not hold. */
  async function update(jobId: JobId, expressions: Update): Promise<PredictionRecord | null> {
    const command = new UpdateCommand({
      TableName: tableName,
      Key: { jobId },
      ReturnValues: "ALL_NEW",
      ...expressions,
    });
    const answer = await unlessConditionFails(client.send(command));
    return answer?.Attributes ? recordOf(answer.Attributes) : null;
  }

  async function ending(jobId: JobId, expressions: Update) {
    const record = await update(jobId, expressions);
    return record?.state === "ended"
      ? ({ recorded: true, record } as const)
      : ({ recorded: false, record: await readRecord(jobId) } as const);
  }
}

/** The submission is kept as text: DynamoDB's numbers, nesting and empty sets are not JSON's. */
function recordOf(item: Record<string, unknown>): PredictionRecord {
  const { submission, ...rest } = item;
  return recordSchema.parse({ ...rest, ...(typeof submission === "string" && { submission: JSON.parse(submission) }) });
}

const unlessRefused = async (sent: Promise<unknown>) => (await unlessConditionFails(sent)) !== null;

async function unlessConditionFails<Answer>(sent: Promise<Answer>): Promise<Answer | null> {
  try {
    return await sent;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return null;
    throw error;
  }
}
