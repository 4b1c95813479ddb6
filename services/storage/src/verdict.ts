import {
  type Announcement,
  announce,
  MediaLost,
  MediaStored,
  type PayloadOf,
  type PredictionCompleted,
} from "@vsl/events";
import * as z from "zod";

/**
 * What became of a job's outputs. It is written once and then stands: a job whose loss was announced is never announced as
 * stored, and a repetition says exactly what was said before.
 */
export const verdictSchema = MediaLost.payload
  .pick({ media: true })
  .extend({ lost: z.array(MediaLost.payload.shape.lost.element), decidedAt: MediaLost.payload.shape.lostAt });
export type Verdict = z.output<typeof verdictSchema>;

export function announcementOf(
  { jobId, accountId, userId, mediaType }: PayloadOf<typeof PredictionCompleted>,
  { media, lost, decidedAt }: Verdict,
  correlationId: string,
): Announcement {
  const job = { jobId, accountId, userId, mediaType };
  const facts = { correlationId, occurredAt: decidedAt };
  return lost.length === 0
    ? announce(MediaStored, { ...job, media, storedAt: decidedAt }, facts)
    : announce(MediaLost, { ...job, media, lost, lostAt: decidedAt }, facts);
}
