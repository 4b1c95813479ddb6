import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";

/** What every route of the double can read from its context. */
export interface Environment {
  Bindings: HttpBindings;
  Variables: { predictionId?: string; connectionCut?: boolean };
}

export type ApiContext = Context<Environment>;
