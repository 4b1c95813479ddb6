import {
  type Announcement,
  announce,
  MediaLost,
  MediaStored,
  type PayloadOf,
  type PredictionCompleted,
} from "@vsl/events";
import * as z from "zod";

/** What became of a job's outputs: a repetition says exactly what was said before. */
const outcomeSchema = MediaLost.payload
  .pick({ media: true })
  .extend({ lost: z.array(MediaLost.payload.shape.lost.element), decidedAt: MediaLost.payload.shape.lostAt });
export type Outcome = z.output<typeof outcomeSchema>;

/** Where something was lost, the outcome is written down: proposed first, then, after another look at the bucket, final. */
export const verdictSchema = outcomeSchema.extend({ isFinal: z.boolean() });
export type Verdict = z.output<typeof verdictSchema>;

export function announcementOf(
  { jobId, accountId, userId, mediaType }: PayloadOf<typeof PredictionCompleted>,
  { media, lost, decidedAt }: Outcome,
  correlationId: string,
): Announcement {
  const job = { jobId, accountId, userId, mediaType };
  const facts = { correlationId, occurredAt: decidedAt };
  return lost.length === 0
    ? announce(MediaStored, { ...job, media, storedAt: decidedAt }, facts)
    : announce(MediaLost, { ...job, media, lost, lostAt: decidedAt }, facts);
}
