import type { Delivered, MediaLost, MediaStored, PredictionCompleted } from "@vsl/events";
import type { hears } from "./hears.ts";
import type { Ending, Fact } from "./job.ts";

export type HeardEvent = Delivered<(typeof hears)[number]>;

/** What an event says about a job's status, or null when callers see nothing of it. */
export function factOf(event: Exclude<HeardEvent, { name: "JobRequested" }>): Fact | null {
  switch (event.name) {
    case "PredictionStarted": {
      const { predictionId, startedAt } = event.payload;
      return { kind: "started", value: { predictionId, startedAt } };
    }
    case "PredictionCompleted":
      return predictionEnding(event);
    case "MediaStored":
      return { kind: "ending", value: storedEnding(event) };
    case "MediaLost":
      return { kind: "ending", value: lostEnding(event) };
    case "JobCharged": {
      const { revision, amountMicros, currency, basis, source } = event.payload;
      return { kind: "charge", value: { revision, amountMicros, currency, basis, source } };
    }
    default:
      return event satisfies never;
  }
}

/** A prediction that succeeded ends no job: its media are not ours yet. */
function predictionEnding({ payload }: Delivered<typeof PredictionCompleted>): Fact | null {
  const { outcome, error, predictionId, startedAt, completedAt } = payload;
  if (outcome === "succeeded") return null;
  return { kind: "ending", value: { how: outcome, error, predictionId, startedAt, endedAt: completedAt } };
}

const storedEnding = ({ payload: { media, storedAt } }: Delivered<typeof MediaStored>): Ending => ({
  how: "stored",
  media: media.toSorted((a, b) => a.index - b.index),
  endedAt: storedAt,
});

function lostEnding({ payload: { media, lost, lostAt } }: Delivered<typeof MediaLost>): Ending {
  const first = lost.reduce((a, b) => (b.index < a.index ? b : a));
  return { how: "lost", error: first.error, media: media.toSorted((a, b) => a.index - b.index), endedAt: lostAt };
}
