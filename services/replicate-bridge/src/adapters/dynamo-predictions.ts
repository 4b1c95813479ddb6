import { type DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import type { JobId } from "@vsl/events";
import type { PredictionRecords } from "../prediction-records.ts";
import type { PredictionRecord } from "../record.ts";
import { expiryAfter } from "../record-outcome.ts";
import { isoOf, msOf } from "../timestamp.ts";
import { createPlacedRecords, placeOf, unlessRefused } from "./dynamo-placed-records.ts";

/** A recorded outcome is due for its announcement at the latest after this, whatever its next check was. */
const announcedWithinMs = 60_000;
/** Sorts after every timestamp. */
const always = "9";

/** The table `predictions`. Of what goes well it costs five writes: place, intent, prediction, outcome, and the place given back. */
export function createDynamoPredictions(
  client: DynamoDBDocumentClient,
  TableName: string,
  options: { now?: () => number } = {},
): PredictionRecords {
  const records = createPlacedRecords(client, TableName, options);
  const { readRecord, mustRead, update, move } = records;

  return {
    readRecord,

    writeIntent: async ({ attemptedAt, nextCheckAt, ...intent }) => {
      const { jobId, submission } = intent;
      const record = await records.insert(
        jobId,
        {
          ...{ state: "waiting", ...intent, nextCheckAt, submission: JSON.stringify(submission) },
          ...(attemptedAt && { attemptedAt }),
        },
        { list: attemptedAt ? "in-flight" : "deferred", due: nextCheckAt, jobId },
      );
      return record ? { written: true, record } : { written: false, record: await mustRead(jobId) };
    },

    lease: async (record, { at, until }) => {
      const leased = await move(record, placeOf({ ...record, attemptedAt: at, nextCheckAt: until }), {
        UpdateExpression: "SET nextCheckAt = :due, attemptedAt = if_not_exists(attemptedAt, :at)",
        ExpressionAttributeValues: { ":at": at },
      });
      return leased?.state === "waiting" ? leased : null;
    },

    defer: async (leased) => {
      const due = leased.request.requestedAt;
      const deferred = await move(leased, placeOf({ ...leased, attemptedAt: null, nextCheckAt: due }), {
        UpdateExpression: "SET nextCheckAt = :due REMOVE attemptedAt",
      });
      return deferred ?? readRecord(leased.jobId);
    },

    savePrediction: async (jobId, { predictionId, startedAt, nextCheckAt }) => {
      const values = { ":running": "running", ":waiting": "waiting", ":id": predictionId, ":startedAt": startedAt };
      const sets = "#state = :running, predictionId = :id, startedAt = :startedAt";
      const removes = "REMOVE submission, attemptedAt";
      const ExpressionAttributeNames = { "#state": "state" };
      if (nextCheckAt === null) {
        const record = await update(jobId, {
          UpdateExpression: `SET ${sets} ${removes}`,
          ConditionExpression: "#state = :waiting AND attribute_exists(attemptedAt)",
          ExpressionAttributeNames,
          ExpressionAttributeValues: values,
        });
        if (record) return { saved: true, record };
      }
      // Not attempted by us, or polled: it moves to another place.
      const seen = await readRecord(jobId);
      if (seen?.state !== "waiting") return { saved: false, record: seen };
      const due = nextCheckAt ?? seen.nextCheckAt;
      const record = await move(
        seen,
        { list: "in-flight", due, jobId },
        {
          UpdateExpression: `SET ${sets}, nextCheckAt = :due ${removes}`,
          ConditionExpression: "#state = :waiting",
          ExpressionAttributeNames,
          ExpressionAttributeValues: values,
        },
      );
      return record ? { saved: true, record } : { saved: false, record: await readRecord(jobId) };
    },

    claimPrediction: async (predictionId, { jobId, expiresAt }) => {
      const claim = new PutCommand({
        TableName,
        Item: { pk: `prediction#${predictionId}`, sk: "claim", claimedBy: jobId, expiresAt },
        ConditionExpression: "attribute_not_exists(pk) OR claimedBy = :jobId",
        ExpressionAttributeValues: { ":jobId": jobId },
      });
      return (await unlessRefused(client.send(claim))) !== null;
    },

    requestCancel: async (jobId, at) => {
      await update(jobId, {
        UpdateExpression:
          "SET cancelRequestedAt = if_not_exists(cancelRequestedAt, :at), #state = if_not_exists(#state, :tombstone), jobId = :jobId",
        ExpressionAttributeNames: { "#state": "state" },
        ExpressionAttributeValues: { ":at": at, ":tombstone": "tombstone", ":jobId": jobId },
      });
      return mustRead(jobId);
    },

    recordOutcome: async (record, { outcome, at, adopted }) => {
      const { jobId } = record;
      const isAttempted = record.state === "running" || record.attemptedAt !== null;
      const sets = `#state = :ended, outcome = :outcome, recordedAt = :at, expiresAt = :expiresAt${
        adopted ? ", predictionId = :predictionId, startedAt = :startedAt" : ""
      }`;
      const removes = "REMOVE submission, attemptedAt";
      const expressions = {
        ExpressionAttributeNames: { "#state": "state" },
        ExpressionAttributeValues: {
          ...{ ":ended": "ended", ":seen": record.state, ":outcome": outcome, ":at": at },
          ":expiresAt": expiryAfter(msOf(at)),
          ...(adopted && { ":predictionId": adopted.predictionId, ":startedAt": adopted.startedAt }),
        },
      };
      if (isAttempted && record.nextCheckAt <= isoOf(msOf(at) + announcedWithinMs)) {
        const ended = await update(jobId, {
          ...expressions,
          UpdateExpression: `SET ${sets} ${removes}`,
          ConditionExpression: `#state = :seen${record.state === "waiting" ? " AND attribute_exists(attemptedAt)" : ""}`,
        });
        if (ended) return endedOr(jobId, ended);
        const now = await readRecord(jobId);
        if (now?.state !== "waiting") return { recorded: false, record: now };
        // Deferred since it was seen: it stands in the other list.
      }
      const ended = await move(
        record,
        { list: "in-flight", due: at, jobId },
        {
          ...expressions,
          UpdateExpression: `SET ${sets}, nextCheckAt = :due ${removes}`,
          ConditionExpression: `#state = :seen${isAttempted ? "" : " AND attribute_not_exists(attemptedAt)"}`,
        },
      );
      return endedOr(jobId, ended);
    },

    endTombstone: async (jobId, { request, outcome, at }) => {
      await records.take({ list: "in-flight", due: at, jobId });
      const ended = await update(jobId, {
        UpdateExpression:
          "SET #state = :ended, #request = :request, outcome = :outcome, recordedAt = :at, nextCheckAt = :at, expiresAt = :expiresAt",
        ConditionExpression: "#state = :tombstone",
        ExpressionAttributeNames: { "#state": "state", "#request": "request" },
        ExpressionAttributeValues: {
          ...{ ":ended": "ended", ":tombstone": "tombstone", ":request": request, ":outcome": outcome, ":at": at },
          ":expiresAt": expiryAfter(msOf(at)),
        },
      });
      return endedOr(jobId, ended);
    },

    markAnnounced: (record) => records.leaveForGood(placeOf(record)),

    postponeCheck: async (record, { nextCheckAt, missingSince }) => {
      await move(record, placeOf({ ...record, nextCheckAt }), {
        UpdateExpression: `SET nextCheckAt = :due, checks = if_not_exists(checks, :none) + :one${
          missingSince ? ", missingSince = :missingSince" : " REMOVE missingSince"
        }`,
        ExpressionAttributeValues: { ":none": 0, ":one": 1, ...(missingSince && { ":missingSince": missingSince }) },
      });
    },

    listDeferred: (limit) => records.list("deferred", { wanted: "waiting", before: always, limit }),
    listInFlight: (wanted, { before, limit }) => records.list("in-flight", { wanted, before, limit }),
  };

  async function endedOr(jobId: JobId, written: PredictionRecord | null) {
    return written?.state === "ended"
      ? ({ recorded: true, record: written } as const)
      : ({ recorded: false, record: await readRecord(jobId) } as const);
  }
}
