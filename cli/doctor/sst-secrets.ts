import type { AppName } from "../../infra/service-names.ts";
import type { SecretsRead } from "./secrets.ts";
import type { SigningSecret } from "./webhook.ts";

/** An app of its own, or the one that composes all. */
export type SecretsOwner = AppName | "all";

interface Ports {
  read: (owner: SecretsOwner) => Promise<ReadonlyMap<string, string>>;
  /** A stage of one's own may be deployed as one app, and then keeps its secrets there. */
  mayBeComposed: boolean;
}

/** Each app is asked once, and one after the other: the first SST to run may have to install what the next one needs. */
export function createSecretReader({ read, mayBeComposed }: Ports): (app: AppName) => Promise<SecretsRead> {
  const readings = new Map<SecretsOwner, Promise<ReadonlyMap<string, string>>>();
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (owner: SecretsOwner) => {
    const known = readings.get(owner);
    if (known) return known;
    const reading = last.then(() => read(owner));
    last = reading.catch(() => {});
    readings.set(owner, reading);
    return reading;
  };
  return async (app) => {
    try {
      const owners: SecretsOwner[] = mayBeComposed ? ["all", app] : [app];
      const found = await Promise.all(owners.map(inTurn));
      return { set: new Map(found.flatMap((each) => [...each])) };
    } catch (error) {
      return { unavailable: briefly(error instanceof Error ? error.message : String(error)) };
    }
  };
}

/** While it rotates there are two, and either one signs. */
export function signingSecretIn(read: SecretsRead): SigningSecret {
  if ("unavailable" in read) return read;
  const first = /whsec_[^\s,"']+/.exec(read.set.get("ReplicateWebhookSecret") ?? "")?.[0];
  return first === undefined ? { unavailable: "ReplicateWebhookSecret is not set, or no whsec_…" } : { value: first };
}

/** Who failed, and its first word about it; SST goes on for lines. */
const briefly = (message: string) =>
  message
    .split("\n")
    .map((line) => line.replace(/^\s*✕\s*/, "").trim())
    .filter(Boolean)
    .slice(0, 2)
    .join(" ");
