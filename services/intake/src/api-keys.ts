import { randomBytes } from "node:crypto";
import { type AccountId, Rejected } from "@vsl/events";
import { hashOf } from "./caller.ts";

const maxNameCharacters = 64;

/** A key as its owner sees it in a list: the key itself was shown once and is kept nowhere. */
export interface ApiKey {
  /** The beginning of the hash: enough to name the key, no help in guessing it. */
  keyId: string;
  accountId: AccountId;
  name: string;
  createdAt: string;
  revokedAt: string | null;
  /** To the hour. */
  lastUsedAt: string | null;
}

export interface Ports {
  saveKey: (key: { keyHash: string; accountId: AccountId; name: string; createdAt: string }) => Promise<void>;
  listKeys: (accountId: AccountId) => Promise<(ApiKey & { keyHash: string })[]>;
  /** When the key was revoked, which is now unless it was before. */
  saveRevocation: (keyHash: string, revokedAt: string) => Promise<string>;
  now?: () => number;
}

/** The only time that the key is seen. If we die before the answer, a key exists that nobody has: revoke it by its name. */
export async function createApiKey(
  { saveKey, now = Date.now }: Pick<Ports, "saveKey" | "now">,
  { accountId, name }: { accountId: AccountId; name: string },
): Promise<{ key: string; keyId: string }> {
  if (name.trim() === "" || name.length > maxNameCharacters) {
    throw new Rejected("key.name", `A key's name has 1 to ${maxNameCharacters} characters`);
  }
  const key = `vsl_${randomBytes(32).toString("base64url")}`;
  const keyHash = hashOf(key);
  await saveKey({ keyHash, accountId, name, createdAt: new Date(now()).toISOString() });
  return { key, keyId: keyIdOf(keyHash) };
}

/** The account's keys, oldest first, with those that were revoked. */
export async function listApiKeys({ listKeys }: Pick<Ports, "listKeys">, accountId: AccountId): Promise<ApiKey[]> {
  const keys = await listKeys(accountId);
  return keys.map(({ keyHash: _, ...key }) => key).sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
}

/** From now on nobody gets in with it. Safe to repeat: the first time holds. */
export async function revokeApiKey(
  { listKeys, saveRevocation, now = Date.now }: Pick<Ports, "listKeys" | "saveRevocation" | "now">,
  { accountId, keyId }: { accountId: AccountId; keyId: string },
): Promise<ApiKey> {
  const found = (await listKeys(accountId)).find((key) => key.keyId === keyId);
  if (!found) throw new Rejected("key.unknown", "The account has no such key");
  const { keyHash, ...key } = found;
  return { ...key, revokedAt: await saveRevocation(keyHash, new Date(now()).toISOString()) };
}

export const keyIdOf = (keyHash: string) => keyHash.slice(0, 12);
