import { type DynamoDBDocumentClient, paginateQuery } from "@aws-sdk/lib-dynamodb";
import { type JobId, jobIdSchema } from "@vsl/events";
import { z } from "zod";
import { inParallel } from "../in-parallel.ts";
import type { PredictionRecords } from "../prediction-records.ts";
import type { PredictionRecord } from "../record.ts";

const keysSchema = z.array(z.object({ jobId: jobIdSchema }));
/** Sorts after every timestamp. */
const always = "9";
const pageSize = 100;
const readsAtOnce = 16;

/** The sparse index `unfinished`. It holds keys and lags behind, so each record is read from the table itself. */
export function createDynamoWorkLists(
  client: DynamoDBDocumentClient,
  tableName: string,
  readRecord: (jobId: JobId) => Promise<PredictionRecord | null>,
): Pick<PredictionRecords, "listDeferred" | "listInFlight"> {
  return {
    listDeferred: (limit) => list("deferred", { wanted: "waiting", before: always, limit }),
    listInFlight: (wanted, { before, limit }) => list("in-flight", { wanted, before, limit }),
  };

  async function list<State extends PredictionRecord["state"]>(
    shard: "deferred" | "in-flight",
    { wanted, before, limit }: { wanted: State; before: string; limit: number },
  ): Promise<Extract<PredictionRecord, { state: State }>[]> {
    const isWanted = (record: PredictionRecord | null): record is Extract<PredictionRecord, { state: State }> =>
      record?.state === wanted;
    const listed: Extract<PredictionRecord, { state: State }>[] = [];
    const pages = paginateQuery(
      { client, pageSize },
      {
        TableName: tableName,
        IndexName: "unfinished",
        KeyConditionExpression: "unfinishedShard = :shard AND nextCheckAt <= :before",
        ExpressionAttributeValues: { ":shard": shard, ":before": before },
      },
    );
    for await (const { Items } of pages) {
      listed.push(...(await readAll(keysSchema.parse(Items ?? []))).filter(isWanted));
      if (listed.length >= limit) return listed.slice(0, limit);
    }
    return listed;
  }

  async function readAll(keys: readonly { jobId: JobId }[]): Promise<(PredictionRecord | null)[]> {
    const records = await inParallel(keys, readsAtOnce, ({ jobId }) => readRecord(jobId));
    return records.map((read) => {
      if (read.status === "rejected") throw read.reason;
      return read.value;
    });
  }
}
