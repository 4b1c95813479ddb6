import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";

const secretsSchema = z.object({ mediaLinkSecret: z.string().min(32), webhookSecret: z.string().startsWith("whsec_") });

export type Secrets = z.output<typeof secretsSchema>;

/** The secrets of one machine: made at the first start, kept where only their owner reads them, the same over restarts. */
export function keepSecrets(file: string): Secrets {
  if (existsSync(file)) return readSecrets(file);
  const secrets: Secrets = {
    mediaLinkSecret: randomBytes(32).toString("base64url"),
    webhookSecret: `whsec_${randomBytes(24).toString("base64")}`,
  };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  return secrets;
}

/** Throws where there are none. */
export const readSecrets = (file: string): Secrets => secretsSchema.parse(JSON.parse(readFileSync(file, "utf8")));
