import type { JobId } from "@vsl/events";
import type { createAnswerTable } from "../src/adapters/dynamo-answers.ts";
import type { createJobTable } from "../src/adapters/dynamo-jobs.ts";
import { type Idempotency, type KeptAnswer, keptSeconds } from "../src/idempotency.ts";
import { type Fact, type Job, type JobRequest, jobSchema } from "../src/job.ts";
import { answerOf } from "../src/request-job.ts";

interface Row {
  request?: JobRequest;
  started?: Job["started"];
  ending?: Job["ending"];
  charge?: Job["charge"];
  isUnannounced: boolean;
  cancelRequestedAt?: string;
}

type Table = ReturnType<typeof createJobTable> & ReturnType<typeof createAnswerTable>;

/** The table `realtime-jobs` in a `Map`, for tests of what stands on it. */
export function createMapTable({ now = Date.now }: { now?: () => number } = {}) {
  const rows = new Map<JobId, Row>();
  let sweptUntil: number | null = null;
  const answers = new Map<string, KeptAnswer & { expiresAt: number }>();
  const rowOf = (jobId: JobId): Row => rows.get(jobId) ?? { isUnannounced: false };
  const answerKey = ({ accountId, keyHash }: Idempotency) => `${accountId} ${keyHash}`;

  const table: Table = {
    async putJob(request) {
      if (!rows.has(request.jobId)) rows.set(request.jobId, { request, isUnannounced: true });
    },
    async findJob(jobId) {
      const row = rows.get(jobId);
      return row ? jobOf(row) : null;
    },
    async findKnown(jobId) {
      const row = rows.get(jobId);
      return row ? rowKnown(row) : null;
    },
    async recordFacts(jobId, facts) {
      const news: Fact[] = [];
      for (const fact of facts) {
        const row = rowOf(jobId);
        if (isKnown(row, fact)) continue;
        rows.set(jobId, { ...row, [fact.kind]: fact.value, isUnannounced: false });
        news.push(fact);
      }
      return { news, job: jobOf(rowOf(jobId)) };
    },
    async restoreRequest(request) {
      const next = { request, ...rowOf(request.jobId) };
      rows.set(request.jobId, next);
      return jobOf(next);
    },
    async saveCancel(jobId, requestedAt) {
      const row = rows.get(jobId);
      if (!row?.request || row.ending) return null;
      row.cancelRequestedAt ??= requestedAt;
      return row.cancelRequestedAt;
    },
    async *findUnannounced({ from, before }) {
      const marked = [...rows.values()].filter(({ isUnannounced }) => isUnannounced);
      yield marked.flatMap(({ request }) => {
        const madeAt = Date.parse(request?.requestedAt ?? "");
        return request && madeAt >= from && madeAt < before ? [request] : [];
      });
    },
    readSweptUntil: async () => sweptUntil,
    async saveSweptUntil(until) {
      sweptUntil = until;
    },
    async markAnnounced(jobId) {
      const row = rows.get(jobId);
      if (row) row.isUnannounced = false;
    },
    async findAnswer(idempotency) {
      const kept = answers.get(answerKey(idempotency));
      if (!kept) return null;
      const { expiresAt, ...answer } = kept;
      return expiresAt > now() / 1000 ? answer : null;
    },
    async putJobAndAnswer(request, idempotency) {
      const kept = answers.get(answerKey(idempotency));
      if (kept && kept.expiresAt > now() / 1000) return "key taken";
      const { bodyHash } = idempotency;
      answers.set(answerKey(idempotency), {
        ...answerOf(request),
        bodyHash,
        expiresAt: Math.floor(now() / 1000) + keptSeconds,
      });
      rows.set(request.jobId, { request, isUnannounced: true });
      return "saved";
    },
  };
  return { ...table, rows };
}

const rowKnown = ({ request, started, ending, charge }: Row) =>
  jobSchema.partial().parse({ request, started, ending, charge });

const isKnown = (row: Row, fact: Fact) =>
  fact.kind === "charge" ? (row.charge?.revision ?? 0) >= fact.value.revision : row[fact.kind] !== undefined;

const jobOf = (row: Row): Job | null => (row.request ? jobSchema.parse(row) : null);
