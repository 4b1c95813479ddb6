import { createHash } from "node:crypto";
import { type AccountId, accountIdSchema, Rejected } from "@vsl/events";

/** Whose machine it is: the one account of a stage that asks for no keys. */
const localAccount = accountIdSchema.parse("local");

/** How much a key's last use may lag behind, so that it costs a write an hour and not one a call. */
const lastUsedEveryMs = 60 * 60 * 1000;

export interface KnownKey {
  keyHash: string;
  accountId: AccountId;
  revokedAt: string | null;
  lastUsedAt: string | null;
}

export interface Ports {
  findKey: (keyHash: string) => Promise<KnownKey | null>;
  /** Never waited for, and never worth failing for. */
  noteUse: (keyHash: string, usedAt: string) => void;
  now?: () => number;
}

export type Authenticate = (authorization: string | undefined) => Promise<AccountId>;

export const anybody: Authenticate = async () => localAccount;

/** Answers whose key it is. A key that is missing, malformed, unknown or revoked is refused in the same words. */
export const byApiKey =
  ({ findKey, noteUse, now = Date.now }: Ports): Authenticate =>
  async (authorization) => {
    const [, key] = /^Bearer (vsl_[A-Za-z0-9_-]{43})$/i.exec(authorization ?? "") ?? [];
    const known = key ? await findKey(hashOf(key)) : null;
    if (!known || known.revokedAt) throw new Rejected("auth.required", "A valid API key is required");
    const { keyHash, accountId, lastUsedAt } = known;
    const isStale = !lastUsedAt || now() - Date.parse(lastUsedAt) >= lastUsedEveryMs;
    if (isStale) noteUse(keyHash, new Date(now()).toISOString());
    return accountId;
  };

/** 256 random bits need no salt and no slow hash. */
export const hashOf = (key: string) => createHash("sha256").update(key).digest("hex");
