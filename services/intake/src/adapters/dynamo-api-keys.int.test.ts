import { accountIdSchema } from "@vsl/events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTable, tableName } from "../../test/dynamodb-engine.ts";
import { createApiKey, listApiKeys, revokeApiKey } from "../api-keys.ts";
import { byApiKey } from "../caller.ts";
import { createKeyTable } from "./dynamo-api-keys.ts";

const acme = accountIdSchema.parse("acme");
const other = accountIdSchema.parse("other");

let engine: Awaited<ReturnType<typeof startTable>>;
let keys: ReturnType<typeof createKeyTable>;
let now = Date.parse("2026-11-20T10:00:00Z");
const clock = () => now;

beforeAll(async () => {
  engine = await startTable();
  keys = createKeyTable({ client: engine.client, tableName });
});
afterAll(() => engine.stop());

test("a created key opens its account, and is kept only as a hash", async () => {
  const { key, keyId } = await createApiKey({ ...keys, now: clock }, { accountId: acme, name: "laptop" });
  expect(key).toMatch(/^vsl_[A-Za-z0-9_-]{43}$/);
  const authenticate = byApiKey({ ...keys, noteUse: () => {}, now: clock });
  expect(await authenticate(`Bearer ${key}`)).toBe("acme");
  const listed = await listApiKeys(keys, acme);
  expect(listed).toEqual([
    {
      keyId,
      accountId: "acme",
      name: "laptop",
      createdAt: "2026-11-20T10:00:00.000Z",
      revokedAt: null,
      lastUsedAt: null,
    },
  ]);
  expect(JSON.stringify(listed)).not.toContain(key.slice(4));
});

test("a revoked key opens nothing, and the time of its first revocation stays", async () => {
  const { key, keyId } = await createApiKey({ ...keys, now: clock }, { accountId: acme, name: "leaked" });
  now += 60_000;
  expect(await revokeApiKey({ ...keys, now: clock }, { accountId: acme, keyId })).toMatchObject({
    revokedAt: "2026-11-20T10:01:00.000Z",
  });
  now += 60_000;
  expect(await revokeApiKey({ ...keys, now: clock }, { accountId: acme, keyId })).toMatchObject({
    revokedAt: "2026-11-20T10:01:00.000Z",
  });
  const authenticate = byApiKey({ ...keys, noteUse: () => {}, now: clock });
  await expect(authenticate(`Bearer ${key}`)).rejects.toMatchObject({ code: "auth.required" });
});

test("an account sees and revokes none but its own keys", async () => {
  const { keyId } = await createApiKey(keys, { accountId: acme, name: "mine" });
  expect(await listApiKeys(keys, other)).toEqual([]);
  await expect(revokeApiKey(keys, { accountId: other, keyId })).rejects.toMatchObject({ code: "key.unknown" });
});

test("the last use is noted, and never moves back", async () => {
  const { key, keyId } = await createApiKey(keys, { accountId: acme, name: "used" });
  const { keyHash } = (await keys.listKeys(acme)).find((listed) => listed.keyId === keyId) ?? { keyHash: "" };
  expect(await keys.findKey(keyHash)).toMatchObject({ accountId: "acme", lastUsedAt: null });
  await keys.noteUse(keyHash, "2026-11-20T12:00:00.000Z");
  await keys.noteUse(keyHash, "2026-11-20T11:00:00.000Z");
  await keys.noteUse("no-such-key", "2026-11-20T12:00:00.000Z");
  expect(await keys.findKey(keyHash)).toMatchObject({ lastUsedAt: "2026-11-20T12:00:00.000Z" });
  expect(await keys.findKey("no-such-key")).toBeNull();
  expect(key).not.toContain(keyHash);
});

test("lists more keys than DynamoDB reads at once", async () => {
  const many = accountIdSchema.parse("many");
  const names = Array.from({ length: 120 }, (_, index) => `key ${index}`);
  await Promise.all(names.map((name) => createApiKey(keys, { accountId: many, name })));
  expect((await listApiKeys(keys, many)).map(({ name }) => name).sort()).toEqual(names.sort());
});
