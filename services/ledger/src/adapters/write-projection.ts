import type { PoolClient } from "pg";
import type { JobProjection } from "../project-job.ts";
import type { Usage } from "../track-usage.ts";

/** The rows of one job, whether they are there or not. */
export async function writeProjection(
  client: PoolClient,
  { job, model, media, entries }: JobProjection,
): Promise<void> {
  await client.query(
    `INSERT INTO jobs (job_id, account_id, user_id, media_type, model_id, status, prediction_id, error_code,
                       quoted_micros, charged_micros, output_count, stored_bytes, created_at, started_at, completed_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
     ON CONFLICT (job_id) DO UPDATE SET
       status = excluded.status, prediction_id = excluded.prediction_id, error_code = excluded.error_code,
       charged_micros = excluded.charged_micros, output_count = excluded.output_count, stored_bytes = excluded.stored_bytes,
       started_at = excluded.started_at, completed_at = excluded.completed_at`,
    [
      ...[
        job.jobId,
        job.accountId,
        job.userId,
        job.mediaType,
        job.modelId,
        job.status,
        job.predictionId,
        job.errorCode,
      ],
      ...[
        job.quotedMicros,
        job.chargedMicros,
        job.outputCount,
        job.storedBytes,
        job.createdAt,
        job.startedAt,
        job.completedAt,
      ],
    ],
  );
  await client.query(
    `INSERT INTO model_configurations (model_id, owner, name, version, price_rule, media_type, first_seen_at, last_seen_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
     ON CONFLICT (model_id, owner, name, version, price_rule) DO UPDATE SET
       first_seen_at = LEAST(model_configurations.first_seen_at, excluded.first_seen_at),
       last_seen_at = GREATEST(model_configurations.last_seen_at, excluded.last_seen_at)`,
    [
      job.modelId,
      model.owner,
      model.name,
      model.version,
      JSON.stringify(model.priceRule),
      job.mediaType,
      job.createdAt,
    ],
  );
  for (const file of media) {
    await client.query(
      `INSERT INTO media_outputs (job_id, output_index, s3_path, bytes, content_type, sha256, width, height, duration_seconds)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       ON CONFLICT (job_id, output_index) DO NOTHING`,
      [
        ...[job.jobId, file.index, file.s3Path, file.bytes, file.contentType, file.sha256],
        ...[file.width ?? null, file.height ?? null, file.durationSeconds ?? null],
      ],
    );
  }
  for (const entry of entries) {
    await client.query(
      `INSERT INTO entries (event_id, kind, job_id, account_id, user_id, amount_micros, basis, source, occurred_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       ON CONFLICT (event_id, kind) DO NOTHING`,
      [
        ...[entry.eventId, entry.kind, job.jobId, job.accountId, job.userId, entry.amountMicros],
        ...[entry.basis, entry.source, entry.occurredAt],
      ],
    );
  }
}

/** Adds the differences to the sums of the users' days, in one order everywhere, since other batches add to the same rows. */
export async function writeUsage(
  client: PoolClient,
  differences: readonly { job: JobProjection["job"]; usage: Usage }[],
): Promise<void> {
  const key = ({ job }: { job: JobProjection["job"] }) =>
    [job.accountId, job.userId, dayOf(job), job.modelId].join("\n");
  for (const { job, usage } of differences.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))) {
    await client.query(
      `INSERT INTO usage_tracking AS sums (account_id, user_id, day, model_id, jobs_requested, jobs_completed, jobs_failed,
                                           jobs_canceled, outputs, bytes, charged_micros)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
       ON CONFLICT (account_id, user_id, day, model_id) DO UPDATE SET
         jobs_requested = sums.jobs_requested + excluded.jobs_requested,
         jobs_completed = sums.jobs_completed + excluded.jobs_completed,
         jobs_failed = sums.jobs_failed + excluded.jobs_failed,
         jobs_canceled = sums.jobs_canceled + excluded.jobs_canceled,
         outputs = sums.outputs + excluded.outputs,
         bytes = sums.bytes + excluded.bytes,
         charged_micros = sums.charged_micros + excluded.charged_micros`,
      [
        ...[job.accountId, job.userId, dayOf(job), job.modelId],
        ...[usage.jobsRequested, usage.jobsCompleted, usage.jobsFailed, usage.jobsCanceled],
        ...[usage.outputs, usage.bytes, usage.chargedMicros],
      ],
    );
  }
}

/** The UTC day of the request. */
const dayOf = ({ createdAt }: { createdAt: string }) => new Date(createdAt).toISOString().slice(0, 10);
