import type { Place } from "./arns.ts";
import type { Routing } from "./routing.ts";
import type { Store } from "./store.ts";

/** What every group of operations stands on. */
export interface Context {
  store: Store;
  routing: Routing;
  place: Place;
  /** Epoch ms. */
  now: () => number;
}

export const epochSeconds = (epochMs: number) => epochMs / 1_000;
