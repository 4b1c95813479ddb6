import type { Delivered } from "@vsl/events";
import type { hears } from "./hears.ts";

export type LedgerEvent = Delivered<(typeof hears)[number]>;
/** An event as the ledger keeps it: how it was delivered is no part of the fact. */
type FactOf<E> = E extends LedgerEvent ? Omit<E, "replayName"> : never;
export type Fact = FactOf<LedgerEvent>;

/** What is known of one job. Facts come in any order, so any of them may be missing. */
export type Facts = { readonly [Name in Fact["name"]]?: Extract<Fact, { name: Name }> };

/** Of two facts of one name the earlier holds; there are two only when a prediction was made twice. */
export function factsOf(facts: readonly Fact[]): Facts {
  const inOrder = facts.toSorted((a, b) => compare(a.occurredAt, b.occurredAt) || compare(a.id, b.id));
  return Object.fromEntries(inOrder.toReversed().map((fact) => [fact.name, fact]));
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
