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
  /** What to do when … */
  remedies: { signatureRefused: string; ledger: string; platform: string };
}
