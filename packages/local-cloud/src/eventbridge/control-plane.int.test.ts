import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  DeleteRuleCommand,
  DescribeEventBusCommand,
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  type EventBridgeClient,
  ListEventBusesCommand,
  ListRuleNamesByTargetCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutPermissionCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  type Target,
  TestEventPatternCommand,
  UpdateEventBusCommand,
} from "@aws-sdk/client-eventbridge";
import { describe, expect, test } from "vitest";
import { busArn, queueArn } from "./suite/places.ts";
import { startBed } from "./suite/start-bed.ts";

const EventPattern = JSON.stringify({ source: ["shop"] });
const queue: Target = { Id: "queue", Arn: queueArn("orders") };

async function withRule(client: EventBridgeClient, Targets: Target[] = [queue]) {
  await client.send(new CreateEventBusCommand({ Name: "bus" }));
  await client.send(new PutRuleCommand({ Name: "rule", EventBusName: "bus", EventPattern }));
  if (Targets.length > 0) await client.send(new PutTargetsCommand({ Rule: "rule", EventBusName: "bus", Targets }));
}

const refused = (name: string, message: string) => expect.objectContaining({ name, message });

describe("event buses", () => {
  test("are created, described by name and by ARN, listed and deleted", async () => {
    const { client } = await startBed({ now: () => 1_700_000_000_123 });
    const created = await client.send(new CreateEventBusCommand({ Name: "bus", Description: "ours" }));
    expect(created.EventBusArn).toBe(busArn("bus"));
    const described = await client.send(new DescribeEventBusCommand({ Name: busArn("bus") }));
    expect(described).toMatchObject({
      Name: "bus",
      Arn: busArn("bus"),
      Description: "ours",
      CreationTime: new Date(1_700_000_000_123),
    });
    expect((await client.send(new DescribeEventBusCommand({}))).Name).toBe("default");
    const { EventBuses } = await client.send(new ListEventBusesCommand({ NamePrefix: "b" }));
    expect(EventBuses?.map(({ Name }) => Name)).toEqual(["bus"]);
    await client.send(new DeleteEventBusCommand({ Name: "bus" }));
    await expect(client.send(new DescribeEventBusCommand({ Name: "bus" }))).rejects.toEqual(
      refused("ResourceNotFoundException", "Event bus bus does not exist."),
    );
  });

  test("are updated by name or by default, and keep what a call leaves out", async () => {
    let now = 1_700_000_000_000;
    const { client } = await startBed({ now: () => now });
    await client.send(new CreateEventBusCommand({ Name: "bus", Description: "ours" }));
    now += 1_000;
    const updated = await client.send(new UpdateEventBusCommand({ Name: "bus", Description: "theirs" }));
    expect(updated).toMatchObject({ Arn: busArn("bus"), Name: "bus", Description: "theirs" });
    expect((await client.send(new UpdateEventBusCommand({ Name: "bus" }))).Description).toBe("theirs");
    expect(await client.send(new DescribeEventBusCommand({ Name: "bus" }))).toMatchObject({
      Description: "theirs",
      CreationTime: new Date(1_700_000_000_000),
      LastModifiedTime: new Date(1_700_000_001_000),
    });
    expect((await client.send(new UpdateEventBusCommand({ Description: "mine" }))).Name).toBe("default");
    await expect(client.send(new UpdateEventBusCommand({ Name: "gone" }))).rejects.toEqual(
      refused("ResourceNotFoundException", "Event bus gone does not exist."),
    );
    await expect(client.send(new UpdateEventBusCommand({ Name: "bus", KmsKeyIdentifier: "k" }))).rejects.toMatchObject({
      name: "UnknownOperationException",
    });
  });

  test("are listed in pages", async () => {
    const { client } = await startBed();
    for (const Name of ["c", "a", "b"]) await client.send(new CreateEventBusCommand({ Name }));
    const first = await client.send(new ListEventBusesCommand({ Limit: 2 }));
    const second = await client.send(new ListEventBusesCommand({ Limit: 2, NextToken: first.NextToken }));
    expect([first, second].map(({ EventBuses }) => EventBuses?.map(({ Name }) => Name))).toEqual([
      ["a", "b"],
      ["c", "default"],
    ]);
    expect(second.NextToken).toBeUndefined();
  });

  test("cannot be created twice, deleted with rules, or deleted when they are the default", async () => {
    const { client } = await startBed();
    await withRule(client);
    await expect(client.send(new CreateEventBusCommand({ Name: "bus" }))).rejects.toEqual(
      refused("ResourceAlreadyExistsException", "Event bus bus already exists."),
    );
    await expect(client.send(new DeleteEventBusCommand({ Name: "bus" }))).rejects.toEqual(
      refused("ValidationException", "Event bus bus can't be deleted since it has rules."),
    );
    await expect(client.send(new DeleteEventBusCommand({ Name: "default" }))).rejects.toEqual(
      refused("ValidationException", "Cannot delete event bus default."),
    );
  });
});

describe("rules", () => {
  test("are described and listed with AWS's members", async () => {
    const { client } = await startBed();
    await withRule(client);
    const rule = {
      Name: "rule",
      Arn: "arn:aws:events:us-east-1:000000000000:rule/bus/rule",
      EventPattern,
      State: "ENABLED",
      EventBusName: "bus",
    };
    expect(await client.send(new DescribeRuleCommand({ Name: "rule", EventBusName: "bus" }))).toMatchObject({
      ...rule,
      CreatedBy: "000000000000",
    });
    expect((await client.send(new ListRulesCommand({ EventBusName: "bus" }))).Rules).toEqual([rule]);
    const named = new ListRuleNamesByTargetCommand({ TargetArn: queue.Arn, EventBusName: "bus" });
    expect((await client.send(named)).RuleNames).toEqual(["rule"]);
    const onDefault = await client.send(new PutRuleCommand({ Name: "plain", EventPattern }));
    expect(onDefault.RuleArn).toBe("arn:aws:events:us-east-1:000000000000:rule/plain");
  });

  test("keep their targets when they are put again, and lose what the new call leaves out", async () => {
    const { client } = await startBed();
    await withRule(client);
    const rule = { Name: "rule", EventBusName: "bus" };
    await client.send(new PutRuleCommand({ ...rule, EventPattern, Description: "first", State: "DISABLED" }));
    await client.send(new PutRuleCommand({ ...rule, EventPattern }));
    const described = await client.send(new DescribeRuleCommand(rule));
    expect(described.State).toBe("ENABLED");
    expect(described.Description).toBeUndefined();
    const { Targets } = await client.send(new ListTargetsByRuleCommand({ Rule: "rule", EventBusName: "bus" }));
    expect(Targets).toEqual([queue]);
  });

  test("are disabled and enabled", async () => {
    const { client } = await startBed();
    await withRule(client);
    const rule = { Name: "rule", EventBusName: "bus" };
    await client.send(new DisableRuleCommand(rule));
    expect((await client.send(new DescribeRuleCommand(rule))).State).toBe("DISABLED");
    await client.send(new EnableRuleCommand(rule));
    expect((await client.send(new DescribeRuleCommand(rule))).State).toBe("ENABLED");
  });

  test("can be deleted only without targets, and more than once", async () => {
    const { client } = await startBed();
    await withRule(client);
    const deletion = new DeleteRuleCommand({ Name: "rule", EventBusName: "bus" });
    await expect(client.send(deletion)).rejects.toEqual(
      refused("ValidationException", "Rule can't be deleted since it has targets."),
    );
    await client.send(new RemoveTargetsCommand({ Rule: "rule", EventBusName: "bus", Ids: ["queue"] }));
    await client.send(deletion);
    await client.send(deletion);
    await expect(client.send(new DescribeRuleCommand({ Name: "rule", EventBusName: "bus" }))).rejects.toEqual(
      refused("ResourceNotFoundException", "Rule rule does not exist on EventBus bus."),
    );
  });

  test.each([
    [{ EventPattern: "{" }, "InvalidEventPatternException", "Event pattern is not valid. Reason: Invalid JSON"],
    [{}, "ValidationException", "Parameter(s) EventPattern or ScheduleExpression must be specified."],
    [
      { Name: "has space", EventPattern },
      "ValidationException",
      "1 validation error detected: Value 'has space' at 'name' failed to satisfy constraint: " +
        "Member must satisfy regular expression pattern: [.\\-_A-Za-z0-9]+",
    ],
    [{ EventPattern, EventBusName: "none" }, "ResourceNotFoundException", "Event bus none does not exist."],
    [
      { EventBusName: "bus", ScheduleExpression: "rate(1 minute)" },
      "ValidationException",
      "ScheduleExpression is supported only on the default event bus.",
    ],
    [
      { ScheduleExpression: "rate(1 minute)" },
      "UnknownOperationException",
      "PutRule with ScheduleExpression is not supported by this endpoint.",
    ],
  ])("are refused when wrong: %j", async (input, name, message) => {
    const { client } = await startBed();
    await client.send(new CreateEventBusCommand({ Name: "bus" }));
    await expect(client.send(new PutRuleCommand({ Name: "rule", ...input }))).rejects.toEqual(refused(name, message));
  });

  test("are at most 300 on a bus", async () => {
    const { service } = await startBed();
    for (let i = 0; i < 300; i++) await service.call("PutRule", { Name: `rule-${i}`, EventPattern });
    await expect(service.call("PutRule", { Name: "one-more", EventPattern })).rejects.toThrow(
      "The requested resource exceeds the maximum number allowed.",
    );
    await service.call("PutRule", { Name: "rule-0", EventPattern });
  });
});

describe("targets", () => {
  const full: Target = {
    ...queue,
    InputTransformer: { InputPathsMap: { id: "$.detail.id" }, InputTemplate: '{"id": <id>}' },
    DeadLetterConfig: { Arn: queueArn("dead") },
    RetryPolicy: { MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 60 },
  };

  test("are listed as they were put", async () => {
    const { client } = await startBed();
    await withRule(client, [full]);
    const { Targets } = await client.send(new ListTargetsByRuleCommand({ Rule: "rule", EventBusName: "bus" }));
    expect(Targets).toEqual([full]);
  });

  test("are at most five on a rule", async () => {
    const { client } = await startBed();
    await withRule(
      client,
      [1, 2, 3, 4, 5].map((n) => ({ Id: `t${n}`, Arn: queueArn(`q${n}`) })),
    );
    await expect(
      client.send(new PutTargetsCommand({ Rule: "rule", EventBusName: "bus", Targets: [queue] })),
    ).rejects.toMatchObject({ name: "LimitExceededException" });
    const again = [{ Id: "t1", Arn: queueArn("other") }];
    await client.send(new PutTargetsCommand({ Rule: "rule", EventBusName: "bus", Targets: again }));
  });

  test.each<[Partial<Target>, string]>([
    [{ Arn: "orders" }, "Parameter orders is not valid. Reason: Provided Arn is not in correct format."],
    [{ Arn: queueArn("a.fifo") }, "Parameter(s) SqsParameters must be specified for target: queue."],
    [
      { Input: "{}", InputPath: "$" },
      "Only one of Input, InputPath, or InputTransformer must be provided for target queue.",
    ],
    [{ InputPath: "detail" }, "Invalid InputPath for target queue : detail."],
    [{ Arn: busArn("default"), Input: "{}" }, "Modifying the input for target queue is not supported."],
    [
      { RetryPolicy: { MaximumRetryAttempts: 186 } },
      "1 validation error detected: Value '186' at 'targets.1.member.retryPolicy.maximumRetryAttempts' " +
        "failed to satisfy constraint: Member must have value less than or equal to 185",
    ],
  ])("are refused when wrong: %j", async (change, message) => {
    const { client } = await startBed();
    await withRule(client, []);
    const Targets = [{ ...queue, ...change }];
    await expect(client.send(new PutTargetsCommand({ Rule: "rule", EventBusName: "bus", Targets }))).rejects.toEqual(
      refused("ValidationException", message),
    );
  });

  test("of a kind that is not served here are refused, not swallowed", async () => {
    const { client } = await startBed();
    await withRule(client, []);
    const Targets = [{ Id: "stream", Arn: "arn:aws:kinesis:us-east-1:000000000000:stream/s" }];
    await expect(
      client.send(new PutTargetsCommand({ Rule: "rule", EventBusName: "bus", Targets })),
    ).rejects.toMatchObject({ name: "UnknownOperationException" });
  });
});

test("a pattern can be tried on an event", async () => {
  const { client } = await startBed();
  const result = async (source: string) =>
    (await client.send(new TestEventPatternCommand({ EventPattern, Event: JSON.stringify({ source }) }))).Result;
  expect([await result("shop"), await result("other")]).toEqual([true, false]);
});

test("an operation that is not claimed says so, and is reported", async () => {
  const { client, reports } = await startBed();
  await expect(client.send(new PutPermissionCommand({}))).rejects.toMatchObject({ name: "UnknownOperationException" });
  expect(reports).toEqual(["WARN unsupported operation AWSEvents.PutPermission"]);
});

test("everything that was set up is still there after a restart", async () => {
  const before = await startBed();
  await withRule(before.client);
  await before.close();
  const { client } = await startBed({ dataDir: before.dataDir });
  const { Targets } = await client.send(new ListTargetsByRuleCommand({ Rule: "rule", EventBusName: "bus" }));
  expect(Targets).toEqual([queue]);
});
