import type { Right } from "./right.ts";

/** Whoever signed a call. */
export interface Caller {
  /** Throws AWS's refusal unless all of it is allowed. */
  require(rights: readonly Right[]): void;
}

/** The account's owner, who may do everything: whose key is no service's. */
export const owner: Caller = { require: () => undefined };
