import { envelopeSchema } from "@vsl/events";
import type { Fact } from "../facts.ts";
import { hears } from "../hears.ts";

/** Parsed again on its way out: a row may be older than this code. */
export function readFact(row: Record<string, unknown>): Fact {
  const event = hears.find(({ name }) => name === row["name"]);
  if (!event) throw new Error(`the ledger holds an event ${String(row["name"])} that it does not hear any more`);
  const { id, correlationId, occurredAt } = envelopeSchema.parse({
    ...{ id: row["id"], version: event.version, correlationId: row["correlation_id"] },
    ...{ occurredAt: iso(row["occurred_at"]), payload: null },
  });
  // The name was just found in `hears` and its own schema parses the payload: the compiler cannot follow the pair.
  return { name: event.name, id, correlationId, occurredAt, payload: event.payload.parse(row["payload"]) } as Fact;
}

const iso = (value: unknown) => (value instanceof Date ? value.toISOString() : String(value));
