import type { JobId } from "@vsl/events";
import type { PredictionRecords } from "../src/prediction-records.ts";
import { type Ended, type PredictionRecord, recordSchema } from "../src/record.ts";

interface Item {
  record: PredictionRecord;
  shard: "deferred" | "in-flight" | null;
  due: string;
}

/** The records in a Map. Kept honest by the suite that the table passes too. */
export function createMapRecords(): PredictionRecords & { all: () => PredictionRecord[] } {
  const items = new Map<JobId, Item>();
  const claims = new Map<string, JobId>();

  const read = (jobId: JobId) => structuredClone(items.get(jobId)?.record ?? null);

  function write(record: unknown, at: Pick<Item, "shard" | "due">): PredictionRecord {
    const parsed = recordSchema.parse(structuredClone(record));
    items.set(parsed.jobId, { record: parsed, ...at });
    return structuredClone(parsed);
  }

  function end(item: Item, ended: Omit<Ended, "state" | "isAnnounced" | "nextCheckAt">, due: string) {
    const record = write({ ...ended, state: "ended", nextCheckAt: due }, { shard: "in-flight", due });
    if (record.state !== "ended") throw new Error(`${item.record.jobId} did not end`);
    return { recorded: true, record } as const;
  }

  return {
    all: () => [...items.values()].map(({ record }) => structuredClone(record)),

    readRecord: async (jobId) => read(jobId),

    writeIntent: async (intent) => {
      const known = read(intent.jobId);
      if (known) return { written: false, record: known };
      const shard = intent.attemptedAt ? "in-flight" : "deferred";
      return { written: true, record: write({ ...intent, state: "waiting" }, { shard, due: intent.nextCheckAt }) };
    },

    lease: async ({ jobId, nextCheckAt }, { at, until }) => {
      const record = read(jobId);
      if (record?.state !== "waiting" || record.nextCheckAt !== nextCheckAt) return null;
      const leased = { ...record, nextCheckAt: until, attemptedAt: record.attemptedAt ?? at };
      write(leased, { shard: "in-flight", due: until });
      return leased;
    },

    defer: async ({ jobId, nextCheckAt }) => {
      const record = read(jobId);
      if (record?.state !== "waiting" || record.nextCheckAt !== nextCheckAt) return record;
      const due = record.request.requestedAt;
      return write({ ...record, attemptedAt: null, nextCheckAt: due }, { shard: "deferred", due });
    },

    savePrediction: async (jobId, { predictionId, startedAt, nextCheckAt }) => {
      const record = read(jobId);
      if (record?.state !== "waiting") return { saved: false, record };
      const { submission: _, attemptedAt: __, ...kept } = record;
      const due = nextCheckAt ?? record.nextCheckAt;
      const running = { ...kept, state: "running", predictionId, startedAt, nextCheckAt: due };
      return { saved: true, record: write(running, { shard: "in-flight", due }) };
    },

    claimPrediction: async (predictionId, { jobId }) => {
      if (!claims.has(predictionId)) claims.set(predictionId, jobId);
      return claims.get(predictionId) === jobId;
    },

    requestCancel: async (jobId, at) => {
      const item = items.get(jobId);
      if (!item) return write({ state: "tombstone", jobId, cancelRequestedAt: at }, { shard: null, due: at });
      if (item.record.state === "ended") return structuredClone(item.record);
      return write(
        { ...item.record, cancelRequestedAt: item.record.cancelRequestedAt ?? at },
        { shard: item.shard, due: item.due },
      );
    },

    recordOutcome: async (seen, { outcome, at, adopted }) => {
      const item = items.get(seen.jobId);
      const record = item?.record;
      if (
        !item ||
        !record ||
        record.state !== seen.state ||
        (record.state !== "waiting" && record.state !== "running")
      ) {
        return { recorded: false, record: read(seen.jobId) };
      }
      const attempted = record.state === "waiting" && record.attemptedAt !== null;
      if (seen.state === "waiting" && seen.attemptedAt === null && attempted) return { recorded: false, record };
      const known = record.state === "running" ? record : adopted;
      const due = Date.parse(item.due) > Date.parse(at) + 60_000 ? at : item.due;
      const { predictionId = null, startedAt = null } = known ?? {};
      const { jobId } = seen;
      return end(item, { jobId, request: record.request, predictionId, startedAt, outcome, recordedAt: at }, due);
    },

    endTombstone: async (jobId, { request, outcome, at }) => {
      const item = items.get(jobId);
      if (item?.record.state !== "tombstone") return { recorded: false, record: read(jobId) };
      return end(item, { jobId, request, predictionId: null, startedAt: null, outcome, recordedAt: at }, at);
    },

    markAnnounced: async (record) => {
      write({ ...record, isAnnounced: true }, { shard: null, due: record.nextCheckAt });
    },

    postponeCheck: async (seen, { nextCheckAt, missingSince }) => {
      const record = read(seen.jobId);
      if (record?.state !== "running" || record.nextCheckAt !== seen.nextCheckAt) return;
      const checked = { ...record, nextCheckAt, missingSince, checks: record.checks + 1 };
      write(checked, { shard: "in-flight", due: nextCheckAt });
    },

    listDeferred: async (limit) =>
      listed("deferred", "9")
        .filter((record) => record.state === "waiting")
        .slice(0, limit),

    listInFlight: async (wanted, { before, limit }) => {
      const isWanted = (record: PredictionRecord): record is Extract<PredictionRecord, { state: typeof wanted }> =>
        record.state === wanted;
      return listed("in-flight", before).filter(isWanted).slice(0, limit);
    },
  };

  function listed(shard: Item["shard"], before: string): PredictionRecord[] {
    return [...items.values()]
      .filter((item) => item.shard === shard && item.due <= before)
      .toSorted((left, right) => left.due.localeCompare(right.due))
      .map(({ record }) => structuredClone(record));
  }
}
