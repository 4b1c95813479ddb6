import type { StoredMedia } from "@vsl/events";
import { mediaLinkPath } from "@vsl/events/media-link";
import { type Job, processingTimeOf, stateOf } from "./job.ts";

/** How long a media link is valid. */
const linkSeconds = 15 * 60;

export interface LinkMaking {
  /** The public base URL, without a slash at its end. */
  apiUrl: string;
  mediaLinkSecret: string;
}

/** A job as its caller reads it. Media links are made here, at the time of reading. */
export function describeStatus(job: Job, { apiUrl, mediaLinkSecret, now }: LinkMaking & { now: number }) {
  const { request, started, ending, charge } = job;
  const replicateId = started?.predictionId ?? (ending && "predictionId" in ending ? ending.predictionId : null);
  const startedAt = started?.startedAt ?? (ending && "startedAt" in ending ? ending.startedAt : null);
  const processingTime = processingTimeOf(job);
  const outputs = (ending && "media" in ending ? ending.media : []).map(describeOutput);
  const [original] = outputs;
  const error = ending && "error" in ending ? ending.error : null;
  return {
    jobId: request.jobId,
    status: stateOf(job),
    mediaType: request.mediaType,
    modelId: request.modelId,
    userId: request.userId,
    createdAt: request.requestedAt,
    ...(replicateId && { replicateId }),
    ...(startedAt && { startedAt }),
    ...(ending && { completedAt: ending.endedAt }),
    ...(processingTime !== undefined && { processingTime }),
    ...(original && {
      result: { originalUrl: original.url, s3Path: original.s3Path, fileSize: original.fileSize, outputs },
    }),
    ...(error && { error }),
    cost: charge
      ? {
          amount: dollarsOf(charge.amountMicros),
          currency: charge.currency,
          basis: charge.basis,
          source: charge.source,
        }
      : {
          amount: dollarsOf(request.price.amountMicros),
          currency: request.price.currency,
          basis: request.price.rule.per,
          source: "estimated",
        },
  };

  function describeOutput({ index: _, bytes, s3Path, contentType, sha256, ...measures }: StoredMedia) {
    const expiresAt = Math.floor(now / 1000) + linkSeconds;
    const link = { jobId: request.jobId, s3Path, accountId: request.accountId, expiresAt };
    const url = `${apiUrl}${mediaLinkPath(link, mediaLinkSecret)}`;
    return { url, s3Path, fileSize: bytes, contentType, sha256, ...measures };
  }
}

/** Micros divide into the nearest double, which prints as the decimal that is meant: 3000 → 0.003. */
export const dollarsOf = (micros: number) => micros / 1_000_000;
