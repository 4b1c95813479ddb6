import { expect, test } from "vitest";
import { parseTopology } from "../topology.ts";
import { eventually } from "./suite/eventually.ts";
import { queueArn } from "./suite/places.ts";
import { startBed } from "./suite/start-bed.ts";

const rule = (name: string, ...queues: string[]) => ({
  name,
  bus: "bus",
  pattern: { source: ["shop"] },
  targets: queues.map((queue) => ({ id: queue, arn: queueArn(queue), deadLetterQueueArn: queueArn("dead") })),
});

const topologyOf = (parts: { rules: ReturnType<typeof rule>[]; archives?: object[] }) =>
  parseTopology({
    app: "app",
    stage: "local",
    region: "us-east-1",
    account: "000000000000",
    buses: [{ name: "bus" }],
    queues: [],
    tables: [],
    buckets: [],
    functions: [],
    routes: [],
    eventSources: [],
    schedules: [],
    invocations: [],
    archives: [],
    ...parts,
  });

const archive = (change: object = {}) => ({ name: "all", bus: "bus", retentionDays: 0, pattern: null, ...change });

test("a topology becomes buses, rules, targets and archives, as often as it is applied", async () => {
  const { service } = await startBed();
  const topology = topologyOf({ rules: [rule("orders", "orders", "audit")], archives: [archive()] });
  await service.applyTopology(topology);
  await service.applyTopology(topology);
  expect(await service.call("ListRules", { EventBusName: "bus", NamePrefix: "orders" })).toMatchObject({
    Rules: [{ Name: "orders", EventPattern: '{"source":["shop"]}' }],
  });
  expect(await service.call("ListTargetsByRule", { EventBusName: "bus", Rule: "orders" })).toMatchObject({
    Targets: [
      { Id: "audit", Arn: queueArn("audit"), DeadLetterConfig: { Arn: queueArn("dead") } },
      {
        Id: "orders",
        Arn: queueArn("orders"),
        RetryPolicy: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 },
      },
    ],
  });
  expect(await service.call("ListArchives", {})).toMatchObject({ Archives: [{ ArchiveName: "all" }] });
});

test("rules and targets that a new topology no longer has are removed, archived events are kept", async () => {
  const { service, messagesTo } = await startBed();
  await service.applyTopology(
    topologyOf({ rules: [rule("orders", "orders", "audit"), rule("old", "old")], archives: [archive()] }),
  );
  const Entries = [{ Source: "shop", DetailType: "OrderPlaced", Detail: "{}", EventBusName: "bus" }];
  await service.call("PutEvents", { Entries });
  await eventually(() => expect(messagesTo(queueArn("old"))).toHaveLength(1));

  const pattern = { source: ["nobody"] };
  await service.applyTopology(
    topologyOf({ rules: [rule("orders", "orders")], archives: [archive({ retentionDays: 3, pattern })] }),
  );
  await service.call("PutEvents", { Entries });
  await eventually(() => expect(messagesTo(queueArn("orders"))).toHaveLength(2));
  expect([messagesTo(queueArn("old")).length, messagesTo(queueArn("audit")).length]).toEqual([1, 1]);
  expect(await service.call("DescribeArchive", { ArchiveName: "all" })).toMatchObject({
    EventCount: 1,
    RetentionDays: 3,
    EventPattern: JSON.stringify(pattern),
  });

  await service.applyTopology(topologyOf({ rules: [], archives: [archive()] }));
  expect(await service.call("ListRules", { EventBusName: "bus" })).toMatchObject({
    Rules: [{ Name: "Events-Archive-all", EventPattern: '{"replay-name":[{"exists":false}]}' }],
  });
});
