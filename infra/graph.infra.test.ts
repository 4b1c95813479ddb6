import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { evaluate } from "./synth/evaluate.ts";
import type { Graph } from "./synth/graph.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const secrets = { ReplicateApiToken: "t", ReplicateWebhookSecret: "w", MediaLinkSecret: "m" };
const services = ["intake", "replicate-bridge", "storage", "ledger"];
const stores: Record<string, RegExp> = {
  intake: /table\/vsl-prod-realtime-jobs/,
  "replicate-bridge": /table\/vsl-prod-predictions/,
  storage: /vsl-prod-media/,
};

const text = (value: unknown) => String(value);
const redriveOf = (policy: unknown) => (policy ? JSON.parse(text(policy)) : null);

describe.each(services)("%s deployed alone", (service) => {
  let graph: Graph;
  beforeAll(async () => {
    graph = await evaluate({ root, stage: "prod", service, secrets });
  });

  test("is an app of its own that refers to the platform and makes none of it", () => {
    expect(graph.app.name).toBe(`vsl-${service}`);
    for (const kind of ["EventBus", "EventArchive", "Api", "Vpc", "ServerlessCache"])
      expect(graph.all(kind)).toEqual([]);
  });

  test("every queue that is consumed has dead letters, partial batch responses and time enough", () => {
    const queues = graph.all("Queue");
    const sources = graph.all("EventSourceMapping");
    expect(sources).toHaveLength(1);
    for (const { inputs } of sources) {
      expect(inputs["functionResponseTypes"]).toEqual(["ReportBatchItemFailures"]);
      const queue = queues.find(({ inputs: of }) => text(inputs["eventSourceArn"]).endsWith(`:${of["name"]}`));
      const redrive = redriveOf(queue?.inputs["redrivePolicy"]);
      const dead = queues.find(({ inputs: of }) => text(redrive?.deadLetterTargetArn).endsWith(`:${of["name"]}`));
      expect(dead?.inputs["messageRetentionSeconds"]).toBe(14 * 86_400);
      const fn = graph.functions().find(({ name }) => text(inputs["functionName"]).endsWith(`:${name}`));
      expect(Number(queue?.inputs["visibilityTimeoutSeconds"])).toBeGreaterThanOrEqual(
        6 * Number(fn?.inputs["timeout"]),
      );
      expect(
        graph.all("MetricAlarm").map(({ inputs: of }) => (of["dimensions"] as { QueueName: string }).QueueName),
      ).toContain(dead?.inputs["name"]);
    }
  });

  test("what a rule cannot deliver goes to dead letters, too", () => {
    const targets = graph.all("EventTarget");
    expect(targets.length).toBeGreaterThan(0);
    for (const { inputs } of targets) expect(inputs["deadLetterConfig"]).toHaveProperty("arn");
  });

  test("no function may use a wildcard, more of the bus than announcing, or another service's store", () => {
    const foreign = Object.entries(stores).filter(([owner]) => owner !== service);
    for (const { name, statements } of graph.functions()) {
      for (const { actions, resources } of statements) {
        for (const action of actions) {
          expect(action, name).not.toContain("*");
          if (action.startsWith("events:"))
            expect(["events:PutEvents", "events:DescribeEventBus"], name).toContain(action);
        }
        for (const resource of resources) for (const [, store] of foreign) expect(resource, name).not.toMatch(store);
      }
    }
  });

  test("every function runs on arm64 and Node 24 with JSON logs that end", () => {
    for (const { inputs } of graph.functions()) {
      expect(inputs["architectures"]).toEqual(["arm64"]);
      expect(inputs["runtime"]).toBe("nodejs24.x");
      expect(inputs["loggingConfig"]).toMatchObject({ logFormat: "JSON" });
    }
    for (const { inputs } of graph.all("LogGroup")) expect(inputs["retentionInDays"]).toBeGreaterThan(0);
  });
});

test("a replay reaches the ledger and intake, never the bridge or storage", async () => {
  const graph = await evaluate({ root, stage: "dev-of-somebody", secrets });
  const patterns = Object.fromEntries(
    graph
      .all("EventRule")
      .map(({ inputs }) => [
        text(inputs["name"]).replace("vsl-dev-of-somebody-", ""),
        JSON.parse(text(inputs["eventPattern"])),
      ]),
  );
  expect(patterns["replicate-bridge-hears"]["replay-name"]).toEqual([{ exists: false }]);
  expect(patterns["storage-hears"]["replay-name"]).toEqual([{ exists: false }]);
  expect(patterns["ledger-hears"]).not.toHaveProperty("replay-name");
  expect(patterns["intake-hears"]).not.toHaveProperty("replay-name");
  expect(patterns["intake-rebuild"]["replay-name"]).toEqual([{ exists: true }]);
});

test("no stage that users reach can be deployed as one, or answers without a key", async () => {
  await expect(evaluate({ root, stage: "prod", secrets })).rejects.toThrow("set SERVICE");
  const { links } = await evaluate({ root, stage: "prod", service: "intake", secrets });
  expect(links()["Access"]).toMatchObject({ mode: "keys" });
});

test("a missing secret stops the deploy with its name", async () => {
  await expect(evaluate({ root, stage: "prod", service: "replicate-bridge" })).rejects.toThrow("ReplicateApiToken");
});

test("sst dev makes no database and no cache", async () => {
  const graph = await evaluate({ root, stage: "somebody", dev: true, secrets });
  for (const kind of ["Instance", "ServerlessCache"]) expect(graph.all(kind)).toEqual([]);
});

test("nothing that costs by the hour for nothing: no NAT gateway, no REST API", async () => {
  const platform = await evaluate({ root, stage: "prod", service: "platform", secrets });
  for (const kind of ["NatGateway", "RestApi"]) expect(platform.all(kind)).toEqual([]);
  expect(platform.all("EventArchive")[0]?.inputs["retentionDays"]).toBe(365);
});
