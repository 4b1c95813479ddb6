import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readSecrets, type Secrets } from "../../start/secrets.ts";
import { bad, type Check, good } from "./check.ts";
import type { World } from "./world.ts";

interface Place {
  dataDir: string;
  /** The one that was given to `npm start`, if it was. */
  webhookSecret: string | null;
}

const restart = "Stop npm start, and start it again.";

export function findLocal({ dataDir, webhookSecret }: Place): World {
  const addressFile = join(dataDir, "api-url");
  const secretsFile = join(dataDir, "secrets.json");
  return {
    api: existsSync(addressFile)
      ? { url: readFileSync(addressFile, "utf8").trim() }
      : { unknown: bad(`${addressFile} is not there`, restart) },
    mayBeOpen: true,
    secrets: [ownSecrets(secretsFile)],
    readWebhookSecret: async () => {
      const value = webhookSecret ?? readOrNull(secretsFile)?.webhookSecret;
      return value === undefined ? { unavailable: "this machine's secrets are not to be read" } : { value };
    },
    remedies: {
      intake: restart,
      bridge: restart,
      signature:
        "If npm start was given REPLICATE_WEBHOOK_SECRET, give it to this command too; if not, check this machine's clock.",
      ledger: restart,
      platform: restart,
    },
  };
}

const ownSecrets = (file: string): Check => ({
  name: "secrets of this machine",
  async find() {
    const secrets = readOrNull(file);
    if (secrets) return good(Object.keys(secrets).join(", "));
    return bad(
      `${file} is not there, or not as npm start writes it`,
      "Put it back, or start over: npm start -- --fresh.",
    );
  },
});

/** The reason is not told: it could quote the file. */
function readOrNull(file: string): Secrets | null {
  try {
    return readSecrets(file);
  } catch {
    return null;
  }
}
