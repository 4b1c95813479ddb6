import { setTimeout as sleep } from "node:timers/promises";
import { type AccountId, announce, JobRequested, type Publish } from "@vsl/events";
import type { Generation } from "./generation.ts";
import { type Answer, type Idempotency, type KeptAnswer, sameAnswer } from "./idempotency.ts";
import type { JobRequest } from "./job.ts";
import { newJobId } from "./job-id.ts";
import { RateLimited, type Requester, type Turn } from "./rate-limit.ts";
import { Unavailable } from "./unavailable.ts";

export interface Ports {
  /** What was answered under this key in the last 24 hours. */
  findAnswer: (idempotency: Idempotency) => Promise<KeptAnswer | null>;
  /** Only one request at a time works under a key. Null while another does; else what ends the claim. */
  claimKey: (idempotency: Idempotency) => Promise<(() => Promise<void>) | null>;
  takeTurn: (requester: Requester) => Promise<Turn>;
  giveBackTurn: (requester: Requester) => Promise<void>;
  /** Keeps the job, marked as still to be announced, and the answer under its key: both or nothing. */
  saveJob: (request: JobRequest, idempotency: Idempotency | null) => Promise<"saved" | "key taken">;
  publish: Publish;
  /** The job is safe, its announcement failed; the sweeper makes it. */
  reportUnannounced: (request: JobRequest, error: unknown) => void;
  now?: () => number;
}

export interface GenerationRequest {
  accountId: AccountId;
  generation: Generation;
  idempotency: Idempotency | null;
}

/** While another request works under the same key. In sum less than a caller's patience. */
const pausesMs = [25, 50, 100, 200, 400, 800, 1600];

/**
 * Makes a job durable, then announces it. Safe to repeat under an idempotency key: the key's row and the job's are written
 * in one transaction. If we die after that, the sweeper announces the job; if before, nothing was promised.
 */
export async function requestJob(ports: Ports, request: GenerationRequest): Promise<Answer> {
  const { idempotency } = request;
  if (!idempotency) return createJob(ports, request);
  for (const pauseMs of pausesMs) {
    const endClaim = await ports.claimKey(idempotency);
    try {
      const kept = await ports.findAnswer(idempotency);
      if (kept) return sameAnswer(kept, idempotency);
      if (endClaim) return await createJob(ports, request);
    } finally {
      await endClaim?.();
    }
    await sleep(pauseMs);
  }
  throw new Unavailable("another request with the same idempotency key is still at work");
}

async function createJob(ports: Ports, { accountId, generation, idempotency }: GenerationRequest): Promise<Answer> {
  const { userId, quote } = generation;
  const now = (ports.now ?? Date.now)();
  const turn = await ports.takeTurn({ accountId, userId });
  if (!turn.granted) throw new RateLimited(turn.retryAfterSeconds);
  const request = { jobId: newJobId(now), accountId, userId, ...quote, requestedAt: new Date(now).toISOString() };
  const saved = await ports.saveJob(request, idempotency).catch(async (error: unknown) => {
    await ports.giveBackTurn({ accountId, userId });
    throw error;
  });
  if (saved === "key taken") {
    await ports.giveBackTurn({ accountId, userId });
    return answerOfAnother(ports, idempotency);
  }
  await ports.publish([announceRequest(request)]).catch((error: unknown) => ports.reportUnannounced(request, error));
  return answerOf(request);
}

/** Without Redis nobody holds claims, and the transaction alone decides between two requests with one key. */
async function answerOfAnother({ findAnswer }: Ports, idempotency: Idempotency | null): Promise<Answer> {
  const kept = idempotency && (await findAnswer(idempotency));
  if (!kept) throw new Unavailable("the idempotency key was taken and given back in the same moment");
  return sameAnswer(kept, idempotency);
}

export const answerOf = ({ jobId, estimatedSeconds, price }: JobRequest): Answer => ({
  jobId,
  estimatedSeconds,
  amountMicros: price.amountMicros,
});

/** The fact's own time, so that the first announcement and the sweeper's are the same event. */
export const announceRequest = (request: JobRequest) =>
  announce(JobRequested, request, { correlationId: request.jobId, occurredAt: request.requestedAt });
