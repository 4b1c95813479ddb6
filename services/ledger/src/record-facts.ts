import { type Announcement, announce, JobCharged } from "@vsl/events";
import { type Heard, nothingToAnnounce } from "@vsl/events/hear";
import { decideEntries, type Entry } from "./decide-entries.ts";
import type { Fact, Facts, LedgerEvent } from "./facts.ts";

export interface Ports {
  /**
   * Keeps the facts that are new and brings all that follows from them up to date, in one transaction. Answers with all that is
   * known of each job, the facts just given included.
   */
  keepFacts: (facts: readonly Fact[]) => Promise<ReadonlyMap<string, Facts>>;
}

/**
 * Records a batch and says what its jobs were charged. Safe to repeat, in any order: a fact is kept once, and entries follow from the
 * facts. What was charged is announced again by a repetition, since the last time may have died before it; never by a replay.
 */
export async function recordFacts({ keepFacts }: Ports, events: readonly LedgerEvent[]): Promise<Heard[]> {
  const known = await keepFacts(events.map(({ replayName: _, ...fact }) => fact));
  const announced = new Set<string>();
  return events.map(({ name, replayName, payload }) => {
    if (replayName !== null) return nothingToAnnounce;
    const charges = chargesOf(known.get(payload.jobId) ?? {})
      .filter(({ kind }) => completes[kind].has(name))
      .map(({ announcement }) => announcement)
      .filter(({ detail }) => !announced.has(detail.id));
    for (const { detail } of charges) announced.add(detail.id);
    return { announce: charges };
  });
}

/** Which events may be the last that an entry needed: that one says it, and says it again when it is repeated. */
const completes: Record<Entry["kind"], ReadonlySet<LedgerEvent["name"]>> = {
  quote: new Set(),
  charge: new Set(["JobRequested", "PredictionCompleted"]),
  correction: new Set(["JobRequested", "PredictionCompleted", "MediaStored"]),
};

/** One announcement for the charge and one for each correction, each with the total at that time. */
function chargesOf(facts: Facts): { kind: Entry["kind"]; announcement: Announcement }[] {
  const { JobRequested: requested } = facts;
  if (!requested) return [];
  const { jobId, accountId, userId, price } = requested.payload;
  let amountMicros = 0;
  return decideEntries(facts)
    .filter((entry) => entry.kind !== "quote")
    .map((entry, index) => {
      amountMicros += entry.amountMicros;
      const announcement = announce(
        JobCharged,
        {
          ...{ jobId, accountId, userId, revision: index + 1, amountMicros, currency: price.currency },
          ...{ basis: entry.basis, source: entry.source, chargedAt: entry.occurredAt },
        },
        { correlationId: requested.correlationId, occurredAt: entry.occurredAt },
      );
      return { kind: entry.kind, announcement };
    });
}
