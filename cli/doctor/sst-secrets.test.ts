import { expect, test } from "vitest";
import { createSecretReader, type SecretsOwner, signingSecretIn } from "./sst-secrets.ts";

function sst(secrets: Partial<Record<SecretsOwner, Record<string, string>>>) {
  const asked: SecretsOwner[] = [];
  let running = 0;
  const read = async (owner: SecretsOwner) => {
    asked.push(owner);
    running += 1;
    expect(running).toBe(1);
    await new Promise(setImmediate);
    running -= 1;
    if (owner === "intake") throw new Error("sst could not list the secrets of intake:\n✕  Access denied\n   more\n");
    return new Map(Object.entries(secrets[owner] ?? {}));
  };
  return { asked, read };
}

test("each app is asked once, never two at a time", async () => {
  const { asked, read } = sst({ platform: { MediaLinkSecret: "m" } });
  const secretsOf = createSecretReader({ read, mayBeComposed: false });
  const [platform] = await Promise.all([secretsOf("platform"), secretsOf("replicate-bridge"), secretsOf("platform")]);
  expect(platform).toEqual({ set: new Map([["MediaLinkSecret", "m"]]) });
  expect(asked).toEqual(["platform", "replicate-bridge"]);
});

test("a stage of one's own may keep them in the composed app", async () => {
  const { read } = sst({ all: { MediaLinkSecret: "composed" } });
  const found = await createSecretReader({ read, mayBeComposed: true })("platform");
  expect(found).toEqual({ set: new Map([["MediaLinkSecret", "composed"]]) });
});

test("what SST refuses is told in short, and keeps the next one from nothing", async () => {
  const secretsOf = createSecretReader({ read: sst({}).read, mayBeComposed: false });
  const [refused, empty] = await Promise.all([secretsOf("intake"), secretsOf("ledger")]);
  expect(refused).toEqual({ unavailable: "sst could not list the secrets of intake: Access denied" });
  expect(empty).toEqual({ set: new Map() });
});

test.each([
  ["whsec_one", { value: "whsec_one" }],
  ["whsec_old whsec_new", { value: "whsec_old" }],
  ['"whsec_quoted whsec_new"', { value: "whsec_quoted" }],
  ["something", { unavailable: expect.stringContaining("ReplicateWebhookSecret") }],
])("%s signs with one of them", (value, signing) => {
  expect(signingSecretIn({ set: new Map([["ReplicateWebhookSecret", value]]) })).toEqual(signing);
});
