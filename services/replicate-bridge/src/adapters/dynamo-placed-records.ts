import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  UpdateCommand,
  type UpdateCommandInput,
} from "@aws-sdk/lib-dynamodb";
import type { JobId } from "@vsl/events";
import { inParallel } from "../in-parallel.ts";
import { type Ended, type PredictionRecord, type Running, recordSchema, type Waiting } from "../record.ts";
import { createDynamoWorkLists, type FoundPlace, type Place } from "./dynamo-work-lists.ts";

/** Longer than any write can be under way: after this, a place that no record names is nobody's. */
const abandonedAfterMs = 15 * 60_000;
const readsAtOnce = 16;

export type Update = Omit<UpdateCommandInput, "TableName" | "Key" | "ReturnValues">;

const recordKey = (jobId: JobId) => ({ pk: jobId, sk: "record" });

/** Where a record that needs work stands among those. */
export const placeOf = (record: Waiting | Running | Ended): Place => ({
  list: record.state === "waiting" && record.attemptedAt === null ? "deferred" : "in-flight",
  due: record.nextCheckAt,
  jobId: record.jobId,
});

/**
 * Records, and beside each its place in a work list until its outcome is announced. A place is taken before the record names it
 * and left after: whoever dies in between leaves a place too many, never too few.
 */
export function createPlacedRecords(
  client: DynamoDBDocumentClient,
  TableName: string,
  { now = Date.now }: { now?: () => number } = {},
) {
  const places = createDynamoWorkLists(client, TableName);
  return { insert, readRecord, mustRead, update, move, list, take: places.take, leaveForGood: places.leaveForGood };

  /** Null when the job has a record already. */
  async function insert(jobId: JobId, item: Record<string, unknown>, place: Place): Promise<PredictionRecord | null> {
    await places.take(place);
    const Item = { ...recordKey(jobId), ...item };
    const put = new PutCommand({ TableName, Item, ConditionExpression: "attribute_not_exists(pk)" });
    return (await unlessRefused(client.send(put))) === null ? null : recordOf(Item);
  }

  async function readRecord(jobId: JobId): Promise<PredictionRecord | null> {
    const { Item } = await client.send(new GetCommand({ TableName, Key: recordKey(jobId), ConsistentRead: true }));
    if (!Item) return null;
    const record = recordOf(Item);
    if (record.state !== "ended") return record;
    return { ...record, isAnnounced: (await places.find(placeOf(record))) === null };
  }

  async function mustRead(jobId: JobId): Promise<PredictionRecord> {
    const record = await readRecord(jobId);
    if (!record) throw new Error(`the record of job ${jobId} was there a moment ago`);
    return record;
  }

  /** Null when the condition does not hold. */
  async function update(jobId: JobId, expressions: Update): Promise<PredictionRecord | null> {
    const command = new UpdateCommand({ TableName, Key: recordKey(jobId), ReturnValues: "ALL_NEW", ...expressions });
    const answer = await unlessRefused(client.send(command));
    return answer?.Attributes ? recordOf(answer.Attributes) : null;
  }

  /** Unless told otherwise, only a record that is still where it was seen. `:due` is when it is due there. */
  async function move(seen: Waiting | Running, to: Place, expressions: Update): Promise<PredictionRecord | null> {
    const left = await places.find(placeOf(seen));
    await places.take(to);
    const moved = await update(to.jobId, {
      ...(expressions.ConditionExpression === undefined && {
        ConditionExpression: "#state = :seenState AND nextCheckAt = :seenDue",
        ExpressionAttributeNames: { "#state": "state" },
      }),
      ...expressions,
      ExpressionAttributeValues: {
        ...expressions.ExpressionAttributeValues,
        ":due": to.due,
        ...(expressions.ConditionExpression === undefined && {
          ":seenState": seen.state,
          ":seenDue": seen.nextCheckAt,
        }),
      },
    });
    if (moved && left) await places.leave(left);
    return moved;
  }

  async function list<State extends PredictionRecord["state"]>(
    from: Place["list"],
    { wanted, before, limit }: { wanted: State; before: string; limit: number },
  ): Promise<Extract<PredictionRecord, { state: State }>[]> {
    const isWanted = (record: PredictionRecord | null): record is Extract<PredictionRecord, { state: State }> =>
      record?.state === wanted;
    const listed: Extract<PredictionRecord, { state: State }>[] = [];
    for await (const page of places.listDue(from, before)) {
      const reads = await inParallel(page, readsAtOnce, readPlaced);
      for (const read of reads) {
        if (read.status === "rejected") throw read.reason;
        if (isWanted(read.value)) listed.push(read.value);
      }
      if (listed.length >= limit) return listed.slice(0, limit);
    }
    return listed;
  }

  /** The record that names this place; a place that has long been nobody's is given up. */
  async function readPlaced(place: FoundPlace): Promise<PredictionRecord | null> {
    const record = await readRecord(place.jobId);
    if (record && record.state !== "tombstone") {
      const { list, due } = placeOf(record);
      if (list === place.list && due === place.due) return record;
    }
    if (now() - place.takenAt > abandonedAfterMs) await places.leave(place);
    return null;
  }
}

/** The submission is kept as text: DynamoDB's numbers, nesting and empty sets are not JSON's. */
function recordOf(item: Record<string, unknown>): PredictionRecord {
  const { submission, ...rest } = item;
  return recordSchema.parse({ ...rest, ...(typeof submission === "string" && { submission: JSON.parse(submission) }) });
}

/** Null when a condition does not hold. */
export async function unlessRefused<Answer>(sent: Promise<Answer>): Promise<Answer | null> {
  try {
    return await sent;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return null;
    throw error;
  }
}
