import {
  type Delivered,
  eventIdSchema,
  JobCancelRequested,
  type JobId,
  JobRequested,
  jobIdSchema,
  predictionIdSchema,
} from "@vsl/events";
import { type Prediction, predictionSchema } from "../src/prediction.ts";
import { requestSchema, submissionSchema } from "../src/record.ts";

export const requestedAt = "2026-11-20T10:30:00.000Z";
/** The time at which a test begins. */
export const startOfTest = Date.parse("2026-11-20T10:30:01.000Z");

/** A job id that says which one it is. */
export const jobIdOf = (number: number): JobId =>
  jobIdSchema.parse(`019a9f3c-5a00-7cc3-98c4-${String(number).padStart(12, "0")}`);

export const predictionIdOf = (name: string) => predictionIdSchema.parse(name);

const payload = JobRequested.payload.parse(JobRequested.example);

export const request = requestSchema.parse({ ...payload, correlationId: payload.jobId });
export const submission = submissionSchema.parse(payload);

export function jobRequested(
  jobId: JobId = jobIdOf(1),
  { replayName = null, at = requestedAt }: { replayName?: string | null; at?: string } = {},
): Delivered<typeof JobRequested> {
  return {
    name: "JobRequested",
    id: eventIdSchema.parse("5c1b6f0e-6f4e-8f2a-9d3c-1a2b3c4d5e6f"),
    correlationId: jobId,
    occurredAt: at,
    payload: { ...payload, jobId, requestedAt: at },
    replayName,
  };
}

export function jobCancelRequested(
  jobId: JobId = jobIdOf(1),
  replayName: string | null = null,
): Delivered<typeof JobCancelRequested> {
  return {
    name: "JobCancelRequested",
    id: eventIdSchema.parse("6c1b6f0e-6f4e-8f2a-9d3c-1a2b3c4d5e6f"),
    correlationId: jobId,
    occurredAt: "2026-11-20T10:30:02.000Z",
    payload: { ...JobCancelRequested.payload.parse(JobCancelRequested.example), jobId },
    replayName,
  };
}

/** A prediction as upstream writes it. */
export const upstreamJson = (changes: Record<string, unknown> = {}) => ({
  id: "jd96x0dyqsrm00cj1jp90zeye0",
  model: "black-forest-labs/flux-schnell",
  version: "hidden",
  input: submission.input,
  output: null,
  error: null,
  logs: "",
  status: "starting",
  source: "api",
  data_removed: false,
  created_at: "2026-11-20T10:30:01.000000Z",
  urls: { get: "https://api.replicate.com/v1/predictions/jd96x0dyqsrm00cj1jp90zeye0" },
  ...changes,
});

export const prediction = (changes: Record<string, unknown> = {}): Prediction =>
  predictionSchema.parse(upstreamJson(changes));

export const succeeded = {
  status: "succeeded",
  output: ["https://replicate.delivery/yhqm/hcDDSNf/out-0.webp"],
  started_at: "2026-11-20T10:30:01.616939Z",
  completed_at: "2026-11-20T10:30:02.446202Z",
  metrics: { image_count: 1, predict_time: 0.829263399, total_time: 0.840202 },
};
