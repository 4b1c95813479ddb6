import { type PriceRule, priceMicros, type Quantities } from "@vsl/events";
import type { Facts } from "./facts.ts";

export interface Entry {
  eventId: string;
  kind: "quote" | "charge" | "correction";
  /** Microdollars. A correction is a difference, and may be negative. */
  amountMicros: number;
  basis: PriceRule["per"];
  source: "estimated" | "measured";
  occurredAt: string;
}

/**
 * The money of a job, from whatever is known of it: the same facts give the same entries, in whatever order they came. The charge
 * is the quote's own rule applied to what happened.
 */
export function decideEntries(facts: Facts): Entry[] {
  const { JobRequested: requested, PredictionCompleted: completed, MediaStored: stored } = facts;
  if (!requested) return [];
  const { rule, amountMicros } = requested.payload.price;
  const basis = rule.per;
  const quote: Entry = {
    ...{ eventId: requested.id, kind: "quote", amountMicros, basis },
    ...{ source: "estimated", occurredAt: requested.occurredAt },
  };
  if (!completed) return [quote];

  const happened = quantitiesOf(facts);
  const charge: Entry = {
    ...{ eventId: completed.id, kind: "charge", amountMicros: priceMicros(rule, happened.quantities), basis },
    ...{ source: happened.measures(rule) ? "measured" : "estimated", occurredAt: completed.occurredAt },
  };
  if (!stored || charge.source === "measured") return [quote, charge];

  const corrected = measuredOnMedia(happened.quantities, stored.payload.media, rule);
  if (!corrected) return [quote, charge];
  const difference = priceMicros(rule, corrected) - charge.amountMicros;
  if (difference === 0) return [quote, charge];
  const correction: Entry = {
    ...{ eventId: stored.id, kind: "correction", amountMicros: difference, basis },
    ...{ source: "measured", occurredAt: stored.occurredAt },
  };
  return [quote, charge, correction];
}

/**
 * What upstream measured is billed, whatever became of it: the time of a run that failed, the outputs of one that was found too late.
 * Where upstream measured nothing, only a success is charged, by what was expected.
 */
function quantitiesOf({ JobRequested: requested, PredictionCompleted: completed }: Facts) {
  const expected = requested?.payload.price.expected;
  const usage = completed?.payload.usage;
  const succeeded = completed?.payload.outcome === "succeeded";
  const unmeasured = succeeded ? expected : undefined;
  const quantities: Quantities = {
    outputs: usage?.outputs ?? 0,
    outputSeconds: usage?.outputSeconds ?? unmeasured?.outputSeconds ?? 0,
    megapixels: unmeasured?.megapixels ?? 0,
    predictSeconds: usage?.predictSeconds ?? unmeasured?.predictSeconds ?? 0,
  };
  const neverRan = completed?.payload.predictionId === null;
  const measures = (rule: PriceRule) => {
    if (rule.per === "gpu_second") return neverRan || usage?.predictSeconds != null;
    if (rule.per === "output_second") return !succeeded || usage?.outputSeconds != null;
    return rule.per !== "megapixel" || !succeeded;
  };
  return { quantities, measures };
}

type Media = NonNullable<Facts["MediaStored"]>["payload"]["media"];

/** The stored files tell their length and size; null when they do not tell what the rule needs. */
function measuredOnMedia(charged: Quantities, media: Media, rule: PriceRule): Quantities | null {
  if (rule.per === "output_second") {
    const seconds = sumOf(media, ({ durationSeconds }) => durationSeconds);
    return seconds === null ? null : { ...charged, outputSeconds: seconds };
  }
  if (rule.per === "megapixel") {
    const megapixels = sumOf(media, ({ width, height }) =>
      width && height ? (width * height) / 1_000_000 : undefined,
    );
    return megapixels === null ? null : { ...charged, megapixels };
  }
  return null;
}

function sumOf(media: Media, measure: (file: Media[number]) => number | undefined): number | null {
  let sum = 0;
  for (const file of media) {
    const measured = measure(file);
    if (measured === undefined) return null;
    sum += measured;
  }
  return sum;
}
