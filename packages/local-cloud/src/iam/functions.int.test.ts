import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { fixtureTopology } from "../../test/fixtures/fixture-topology.ts";
import { fixtureFunction, fixtureRoot } from "../../test/fixtures/function-topology.ts";
import { type LocalCloud, startLocalCloud } from "../boot/start-local-cloud.ts";
import type { Topology } from "../topology.ts";

const table = "arn:aws:dynamodb:us-east-1:000000000000:table/heard";
const bare = { routes: [], rules: [], eventSources: [], schedules: [], invocations: [] };

let stack = new AsyncDisposableStack();
afterEach(async () => {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});

async function start(changes: Partial<Topology>): Promise<{ cloud: LocalCloud; warnings: string[] }> {
  const dataDir = await mkdtemp(join(tmpdir(), "local-iam-"));
  stack.defer(() => rm(dataDir, { recursive: true, force: true }));
  const warnings: string[] = [];
  const cloud = await startLocalCloud({
    topology: fixtureTopology({ ...bare, ...changes }),
    root: fixtureRoot,
    dataDir,
    port: 0,
    awsPort: 0,
    secrets: {},
    report: ({ message }) => void warnings.push(message),
  });
  stack.defer(() => cloud.stop());
  return { cloud, warnings };
}

it("a handler may do what its function may, and not what another function in its process may", async () => {
  const functions = [
    fixtureFunction("reader", {
      handler: "tables.read",
      permissions: [{ actions: ["dynamodb:GetItem"], resources: [table] }],
    }),
    fixtureFunction("writer", {
      handler: "tables.write",
      permissions: [{ actions: ["dynamodb:PutItem"], resources: [table] }],
    }),
    fixtureFunction("intruder", { handler: "tables.write" }),
  ];
  const { cloud, warnings } = await start({ functions });
  const outcomes = await Promise.all(["reader", "writer", "intruder"].map((name) => cloud.invoke(name, {})));
  expect(outcomes).toEqual([
    { kind: "returned", payload: null },
    { kind: "returned", payload: null },
    {
      kind: "failed",
      error: expect.objectContaining({
        errorType: "AccessDeniedException",
        errorMessage: `User: arn:aws:sts::000000000000:assumed-role/intruder-role/intruder is not authorized to perform: dynamodb:PutItem on resource: ${table} because no identity-based policy allows the dynamodb:PutItem action`,
      }),
    },
  ]);
  expect(warnings).toEqual([`intruder was denied dynamodb:PutItem on ${table}: add it to its permissions`]);
});

it("nothing starts when a function may not receive from the queue that it is to hear", async () => {
  const functions = [fixtureFunction("deaf", { handler: "tables.read" })];
  const source = { queue: "work", function: "deaf", batchSize: 10, maximumBatchingWindowSeconds: 0 };
  const eventSources = [{ ...source, maximumConcurrency: null, reportBatchItemFailures: true }];
  await expect(start({ functions, eventSources })).rejects.toThrow(
    "deaf cannot hear work: its role needs sqs:ReceiveMessage, sqs:DeleteMessage, sqs:GetQueueAttributes on arn:aws:sqs:",
  );
});
