import {
  CreateArchiveCommand,
  CreateEventBusCommand,
  DeleteEventBusCommand,
  DeleteRuleCommand,
  type EventBridgeClient,
  ListTagsForResourceCommand,
  PutRuleCommand,
  type Tag,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-eventbridge";
import { expect, test } from "vitest";
import { busArn } from "./suite/places.ts";
import { startBed } from "./suite/start-bed.ts";

const EventPattern = '{"source":["shop"]}';
const ruleArn = (path: string) => `arn:aws:events:us-east-1:000000000000:rule/${path}`;

const tag = (client: EventBridgeClient, ResourceARN: string, Tags: Tag[]) =>
  client.send(new TagResourceCommand({ ResourceARN, Tags }));
const tagsOf = async (client: EventBridgeClient, ResourceARN: string) =>
  (await client.send(new ListTagsForResourceCommand({ ResourceARN }))).Tags;
const refused = (name: string, message: string) => expect.objectContaining({ name, message });

test.each([
  ["the default bus", busArn("default")],
  ["a bus", busArn("bus")],
  ["a rule of the default bus", ruleArn("plain")],
  ["a rule of another bus", ruleArn("bus/rule")],
])("%s is tagged, tagged anew and untagged", async (_, arn) => {
  const { client } = await startBed();
  await client.send(new CreateEventBusCommand({ Name: "bus" }));
  await client.send(new PutRuleCommand({ Name: "plain", EventPattern }));
  await client.send(new PutRuleCommand({ Name: "rule", EventBusName: "bus", EventPattern }));
  expect(await tagsOf(client, arn)).toEqual([]);

  await tag(client, arn, [
    { Key: "stage", Value: "test" },
    { Key: "owner", Value: "ann" },
  ]);
  await tag(client, arn, [{ Key: "stage", Value: "" }]);
  expect(await tagsOf(client, arn)).toEqual([
    { Key: "stage", Value: "" },
    { Key: "owner", Value: "ann" },
  ]);

  await client.send(new UntagResourceCommand({ ResourceARN: arn, TagKeys: ["stage", "unknown"] }));
  expect(await tagsOf(client, arn)).toEqual([{ Key: "owner", Value: "ann" }]);
});

test("a bus and a rule are made with tags, which do not outlive them", async () => {
  const { client } = await startBed();
  const Tags = [{ Key: "stage", Value: "test" }];
  const bus = { Name: "bus", Tags };
  const rule = { Name: "rule", EventBusName: "bus", EventPattern };
  await client.send(new CreateEventBusCommand(bus));
  await client.send(new PutRuleCommand({ ...rule, Tags }));
  expect([await tagsOf(client, busArn("bus")), await tagsOf(client, ruleArn("bus/rule"))]).toEqual([Tags, Tags]);

  await client.send(new DeleteRuleCommand({ Name: "rule", EventBusName: "bus" }));
  await client.send(new DeleteEventBusCommand({ Name: "bus" }));
  await client.send(new CreateEventBusCommand({ Name: "bus" }));
  await client.send(new PutRuleCommand(rule));
  expect([await tagsOf(client, busArn("bus")), await tagsOf(client, ruleArn("bus/rule"))]).toEqual([[], []]);
});

test("the tags of a rule that is there are not changed by putting it again", async () => {
  const { client } = await startBed();
  const Tags = [{ Key: "stage", Value: "test" }];
  await client.send(new PutRuleCommand({ Name: "rule", EventPattern, Tags }));
  await client.send(new PutRuleCommand({ Name: "rule", EventPattern, Tags: [{ Key: "other", Value: "" }] }));
  expect(await tagsOf(client, ruleArn("rule"))).toEqual(Tags);
});

test("what is not there, or takes no tags, is refused", async () => {
  const { client } = await startBed();
  const Tags = [{ Key: "stage", Value: "test" }];
  await expect(tag(client, busArn("gone"), Tags)).rejects.toEqual(
    refused("ResourceNotFoundException", "Event bus gone does not exist."),
  );
  await expect(tagsOf(client, ruleArn("gone"))).rejects.toEqual(
    refused("ResourceNotFoundException", "Rule gone does not exist on EventBus default."),
  );
  await expect(tag(client, "arn:aws:events:us-east-1:000000000000:archive/all", Tags)).rejects.toMatchObject({
    name: "ValidationException",
  });
});

test("a managed rule keeps its tags to the service that manages it", async () => {
  const { client } = await startBed();
  await client.send(new CreateArchiveCommand({ ArchiveName: "all", EventSourceArn: busArn("default") }));
  const arn = ruleArn("Events-Archive-all");
  await expect(tag(client, arn, [])).rejects.toMatchObject({ name: "ManagedRuleException" });
  await expect(client.send(new UntagResourceCommand({ ResourceARN: arn, TagKeys: [] }))).rejects.toMatchObject({
    name: "ManagedRuleException",
  });
  expect(await tagsOf(client, arn)).toEqual([]);
});

test("tags beyond AWS's limits are refused, and nothing of the call is kept", async () => {
  const { client } = await startBed();
  const arn = busArn("default");
  const numbered = (count: number) => Array.from({ length: count }, (_, index) => ({ Key: `k${index}`, Value: "" }));
  await tag(client, arn, numbered(50));
  await tag(client, arn, [{ Key: "k0", Value: "renewed" }]);
  const before = await tagsOf(client, arn);
  for (const Tags of [
    [
      { Key: "k1", Value: "changed" },
      { Key: "k50", Value: "" },
    ],
    [
      { Key: "k1", Value: "one" },
      { Key: "k1", Value: "two" },
    ],
    [{ Key: "aws:k1", Value: "" }],
    [{ Key: "", Value: "" }],
    [{ Key: "k".repeat(129), Value: "" }],
    [{ Key: "k1", Value: "v".repeat(257) }],
  ]) {
    await expect(tag(client, arn, Tags)).rejects.toMatchObject({ name: "ValidationException" });
  }
  expect(await tagsOf(client, arn)).toEqual(before);
});

test("a bus whose tags are refused is not made", async () => {
  const { client } = await startBed();
  const bus = { Name: "bus", Tags: [{ Key: "aws:mine", Value: "" }] };
  await expect(client.send(new CreateEventBusCommand(bus))).rejects.toMatchObject({ name: "ValidationException" });
  await client.send(new CreateEventBusCommand({ Name: "bus" }));
});
