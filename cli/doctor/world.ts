import type { Check, Verdict } from "./check.ts";
import type { SigningSecret } from "./webhook.ts";

/** What a doctor knows differently of one machine and of a stage on AWS. */
export interface World {
  /** The public address, or why it is not known. */
  api: { url: string } | { unknown: Verdict };
  /** Whether it may answer without a key. */
  mayBeOpen: boolean;
  secrets: Check[];
  readWebhookSecret: () => Promise<SigningSecret>;
  /** What to do about each that is not as it should be. */
  remedies: Record<"intake" | "bridge" | "signature" | "ledger" | "platform", string>;
}
