import { Webhook } from "standardwebhooks";

/** Two secrets may be valid at once, while one replaces the other. Throws on one that is not a signing secret. */
export function parseSecrets(value: string): Webhook[] {
  const secrets = value.split(/[\s,]+/).filter(Boolean);
  if (secrets.length === 0 || !secrets.every((secret) => secret.startsWith("whsec_"))) {
    throw new Error("the webhook secret must be one or two whsec_… values; see GET /v1/webhooks/default/secret");
  }
  return secrets.map((secret) => new Webhook(secret));
}

/** Over the raw bytes, compared in constant time, not older or newer than 5 minutes. */
export function isSigned(
  secrets: readonly Webhook[],
  { headers, body }: { headers: Readonly<Record<string, string | undefined>>; body: string },
): boolean {
  const signature = {
    "webhook-id": headers["webhook-id"] ?? "",
    "webhook-timestamp": headers["webhook-timestamp"] ?? "",
    "webhook-signature": headers["webhook-signature"] ?? "",
  };
  return secrets.some((secret) => verifies(secret, body, signature));
}

function verifies(secret: Webhook, body: string, signature: Record<string, string>): boolean {
  try {
    secret.verify(body, signature, { jsonParse: false });
    return true;
  } catch {
    return false;
  }
}
