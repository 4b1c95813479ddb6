import { accountIdSchema } from "@vsl/events";
import { describe, expect, test } from "vitest";
import { anybody, byApiKey, hashOf, type KnownKey } from "./caller.ts";

const key = `vsl_${"k".repeat(43)}`;
const known: KnownKey = {
  keyHash: hashOf(key),
  accountId: accountIdSchema.parse("acme"),
  revokedAt: null,
  lastUsedAt: null,
};
const now = Date.parse("2026-11-20T10:30:00Z");

function open(stored: KnownKey) {
  const used: string[] = [];
  const authenticate = byApiKey({
    findKey: async (keyHash) => (keyHash === stored.keyHash ? stored : null),
    noteUse: (_, usedAt) => void used.push(usedAt),
    now: () => now,
  });
  return { authenticate, used };
}

describe("a caller", () => {
  test("is the key's account, however the scheme is written", async () => {
    const { authenticate } = open(known);
    expect([await authenticate(`Bearer ${key}`), await authenticate(`bearer ${key}`)]).toEqual(["acme", "acme"]);
  });

  test.each([undefined, "", "Bearer", `Bearer ${key}x`, `Bearer vsl_${"x".repeat(43)}`, key, `Basic ${key}`])(
    "is nobody with %s",
    async (header) => {
      await expect(open(known).authenticate(header)).rejects.toMatchObject({ code: "auth.required" });
    },
  );

  test("is nobody with a revoked key", async () => {
    const { authenticate } = open({ ...known, revokedAt: "2026-11-20T10:00:00.000Z" });
    await expect(authenticate(`Bearer ${key}`)).rejects.toMatchObject({ code: "auth.required" });
  });

  test.each([
    [null, 1],
    ["2026-11-20T09:30:00.000Z", 1],
    ["2026-11-20T09:30:00.001Z", 0],
  ])("last seen at %s leaves %i notes of its use", async (lastUsedAt, notes) => {
    const { authenticate, used } = open({ ...known, lastUsedAt });
    await authenticate(`Bearer ${key}`);
    expect(used).toHaveLength(notes);
  });

  test("is the account local where no keys are asked for", async () => {
    expect(await anybody(undefined)).toBe("local");
  });
});
