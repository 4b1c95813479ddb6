import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import { archiveRecords, busThere } from "./bus.ts";
import type { Call } from "./call.ts";
import { describeFinding, examine } from "./check.ts";
import { noDeadLetters } from "./dead-letters.ts";
import { explainTrouble } from "./explain.ts";
import { migrationsCurrent } from "./migrations.ts";
import { generateMediaRefuses, statusRefuses } from "./refusals.ts";
import { secretsSet } from "./secrets.ts";
import { signedWebhookTaken, unsignedWebhookRefused } from "./webhook.ts";

const remedy = "Mend it.";
const stage = { name: "homolog", client: {}, isLocal: false };
const answers =
  (status: number): Call =>
  async () => ({ status, location: null });

test.each([
  { mayBeOpen: false, generate: 401, status: 401, kind: "good" },
  { mayBeOpen: false, generate: 400, status: 404, kind: "bad" },
  { mayBeOpen: true, generate: 400, status: 404, kind: "good" },
  { mayBeOpen: true, generate: 202, status: 200, kind: "bad" },
])(
  "may it be open: $mayBeOpen; it answers $generate and $status: $kind",
  async ({ mayBeOpen, generate, status, kind }) => {
    expect(await generateMediaRefuses({ call: answers(generate), mayBeOpen, remedy }).find()).toMatchObject({ kind });
    expect(await statusRefuses({ call: answers(status), mayBeOpen, remedy }).find()).toMatchObject({ kind });
  },
);

test("the status that is asked for is of a job's form", async () => {
  const asked: string[] = [];
  const call: Call = async (path) => {
    asked.push(path);
    return { status: 401, location: null };
  };
  await statusRefuses({ call, mayBeOpen: false, remedy }).find();
  expect(asked).toEqual([expect.stringMatching(/^\/status\/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-/)]);
});

test("an unsigned webhook that is taken is bad", async () => {
  expect(await unsignedWebhookRefused({ call: answers(401), remedy }).find()).toMatchObject({ kind: "good" });
  expect(await unsignedWebhookRefused({ call: answers(200), remedy }).find()).toMatchObject({
    kind: "bad",
    next: remedy,
  });
});

test("the signed webhook bears the secret's signature, and says nothing that could end a job", async () => {
  const value = `whsec_${Buffer.from("a secret of 24 bytes, so").toString("base64")}`;
  const call: Call = async (_, { headers = {}, body = "" } = {}) => {
    expect(new Webhook(value).verify(body, headers)).toMatchObject({ status: "processing" });
    return { status: 200, location: null };
  };
  const check = signedWebhookTaken({ call, now: Date.now, readSecret: async () => ({ value }), remedy });
  expect(await check.find()).toEqual({ kind: "good", detail: "200" });
  const refused = signedWebhookTaken({
    call: answers(401),
    now: Date.now,
    readSecret: async () => ({ value }),
    remedy,
  });
  expect(await refused.find()).toMatchObject({ kind: "bad", next: remedy });
});

test("without the secret the signed webhook is left out, with the reason", async () => {
  const readSecret = async () => ({ unavailable: "no rights" });
  const check = signedWebhookTaken({ call: answers(200), now: Date.now, readSecret, remedy });
  expect(await check.find()).toEqual({ kind: "skipped", reason: "no rights" });
});

test("a missing secret is named with the command that sets it, and no value is told", async () => {
  const findWith = (set: [string, string][]) =>
    secretsSet({
      ...{ stage: "homolog", app: "replicate-bridge", needed: ["ReplicateApiToken", "ReplicateWebhookSecret"] },
      readSecrets: async () => ({ set: new Map(set) }),
    }).find();
  const missing = await findWith([["ReplicateApiToken", "r8_hidden"]]);
  expect(missing).toMatchObject({
    kind: "bad",
    cause: "without ReplicateWebhookSecret",
    next: expect.stringContaining(
      "SERVICE=replicate-bridge npx sst secret set ReplicateWebhookSecret whsec_… --stage homolog",
    ),
  });
  const all = await findWith([
    ["ReplicateApiToken", "r8_hidden"],
    ["ReplicateWebhookSecret", "whsec_hidden"],
  ]);
  expect(all).toEqual({ kind: "good", detail: "ReplicateApiToken, ReplicateWebhookSecret" });
  expect(JSON.stringify([missing, all])).not.toContain("hidden");
});

test.each([
  { pending: [], verdict: { kind: "good" } },
  { pending: ["0002_more"], verdict: { kind: "bad", cause: "0002_more did not run", next: remedy } },
  { pending: null, verdict: { kind: "bad", cause: "the ledger that is deployed cannot tell", next: remedy } },
])("pending migrations $pending: $verdict.kind", async ({ pending, verdict }) => {
  expect(await migrationsCurrent({ listPending: async () => pending, remedy }).find()).toEqual(verdict);
});

test.each([
  [0, { kind: "good" }],
  [1, { kind: "bad", cause: "there is 1", next: expect.stringContaining("vsl dlq") }],
  [7, { kind: "bad", cause: "there are 7", next: expect.stringContaining("vsl dlq") }],
])("%d dead letters", async (letters, verdict) => {
  expect(await noDeadLetters({ service: "ledger", count: async () => letters, command: "vsl dlq" }).find()).toEqual(
    verdict,
  );
});

test.each([
  { bus: "arn:bus", archive: { state: "ENABLED", sourceArn: "arn:bus" }, kinds: ["good", "good"] },
  { bus: "arn:bus", archive: { state: "DISABLED", sourceArn: "arn:bus" }, kinds: ["good", "bad"] },
  { bus: "arn:bus", archive: { state: "ENABLED", sourceArn: "arn:other" }, kinds: ["good", "bad"] },
  { bus: "arn:bus", archive: null, kinds: ["good", "bad"] },
  { bus: null, archive: null, kinds: ["bad", "bad"] },
])("bus $bus, archive $archive: $kinds", async ({ bus, archive, kinds }) => {
  const ports = { findBus: async () => bus, findArchive: async () => archive, remedy };
  const verdicts = await Promise.all([busThere(ports).find(), archiveRecords(ports).find()]);
  expect(verdicts.map(({ kind }) => kind)).toEqual(kinds);
});

const named = (name: string, message: string) => Object.assign(new Error(message), { name });

test.each([
  [named("AccessDeniedException", "User: x is not authorized."), "skipped"],
  [named("CredentialsProviderError", "Could not load credentials from any providers"), "bad"],
  [named("QueueDoesNotExist", "There is no queue"), "bad"],
])("what a check could not find out: %s is %s", (error, kind) => {
  expect(explainTrouble(error, stage)).toMatchObject({ kind });
});

test("a line says name, cause and next step; one check that throws leaves the others theirs, in their order", async () => {
  const findings = await examine(
    [
      { name: "slow", find: () => new Promise((resolve) => setImmediate(resolve, { kind: "good", detail: "401" })) },
      { name: "broken", find: () => Promise.reject(named("CredentialsProviderError", "none")) },
      { name: "left out", find: async () => ({ kind: "skipped", reason: "no rights" }) },
      { name: "plain", find: async () => ({ kind: "good" }) },
    ],
    (error) => explainTrouble(error, stage),
  );
  expect(findings.map(describeFinding)).toEqual([
    "✓ slow: 401",
    "✗ broken: AWS cannot be asked: none. Sign in, and see that aws sts get-caller-identity answers.",
    "– left out: no rights",
    "✓ plain",
  ]);
});
