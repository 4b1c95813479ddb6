import { z } from "zod";
import { faultRuleSchema } from "./faults/fault.ts";

/** Loopback only, so that a known token harms nobody; `--token` and `--webhook-secret` change them. */
export const defaultToken = "r8_replicate_double";
export const defaultWebhookSecret = "whsec_cmVwbGljYXRlLWRvdWJsZS1zZWNyZXQh";

export const optionsSchema = z.strictObject({
  /** 0 takes any free port. */
  port: z.int().min(0).max(65_535).default(4000),
  /** What links begin with, when others see the double under another address (a proxy, TLS). */
  publicUrl: z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/$/, ""))
    .optional(),
  /** Keeps predictions, outputs, bill and log over a restart; without it they are kept in memory. */
  dataDir: z.string().min(1).optional(),
  /** Seconds of the double per second of a model: 1 is realistic, 0 is at once. Expiry and rate limits are not scaled. */
  timeScale: z.number().nonnegative().default(0.05),
  token: z.string().min(1).default(defaultToken),
  webhookSecret: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/]+=*$/, "must be whsec_ and base64")
    .default(defaultWebhookSecret),
  /** What links to uploaded files are signed with. */
  filesSecret: z.string().min(1).default("replicate-double"),
  /** Planted from the start, as `POST /_faults` plants them. */
  faults: z.array(faultRuleSchema).default([]),
  /** The time of the machine, in epoch milliseconds. */
  now: z.custom<() => number>((value) => typeof value === "function").default(() => Date.now),
  /** Replicate's 429 for accounts with less than $5: 6 creates a minute. */
  lowCredit: z.boolean().default(false),
  /** `body`: a 429 tells the time to wait in its body only. `off`: no limits. */
  rateLimits: z.enum(["header", "body", "off"]).default("header"),
});

export type ReplicateDoubleOptions = z.input<typeof optionsSchema>;
