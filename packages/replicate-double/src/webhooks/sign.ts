import { createHmac, randomBytes } from "node:crypto";

export interface Signed {
  id: string;
  /** Epoch seconds. */
  timestamp: number;
  body: string;
}

/** Replicate signs as Standard Webhooks says: HMAC-SHA256 over id, timestamp and body, keyed by what follows `whsec_`. */
export function signWebhook(secret: string, { id, timestamp, body }: Signed): Record<string, string> {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": String(timestamp), "webhook-signature": `v1,${signature}` };
}

export const newWebhookSecret = () => `whsec_${randomBytes(24).toString("base64")}`;
export const newWebhookId = () => `msg_${randomBytes(16).toString("base64url")}`;
