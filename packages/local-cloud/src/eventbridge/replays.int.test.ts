import {
  CancelReplayCommand,
  DescribeArchiveCommand,
  DescribeReplayCommand,
  type EventBridgeClient,
  ListReplaysCommand,
  StartReplayCommand,
} from "@aws-sdk/client-eventbridge";
import { describe, expect, onTestFinished, test } from "vitest";
import { archiveArn, archivedBed, bus, minutes, noon, putAt } from "./suite/archived-bed.ts";
import { eventually } from "./suite/eventually.ts";
import { busArn, queueArn } from "./suite/places.ts";
import { recordingTargets, startBed } from "./suite/start-bed.ts";

const orders = queueArn("orders");
const audit = queueArn("audit");

const replay = (name: string, from: number, to: number, FilterArns?: string[]) =>
  new StartReplayCommand({
    ReplayName: name,
    EventSourceArn: archiveArn,
    EventStartTime: new Date(from),
    EventEndTime: new Date(to),
    Destination: { Arn: bus, ...(FilterArns ? { FilterArns } : {}) },
  });

async function ended(client: EventBridgeClient, ReplayName: string) {
  return await eventually(async () => {
    const described = await client.send(new DescribeReplayCommand({ ReplayName }));
    expect(described.ReplayEndTime).toBeDefined();
    return described;
  });
}

const bodies = (messages: { json: string }[]) => messages.map(({ json }) => JSON.parse(json));
const replayed = (messages: { json: string }[], name: string) =>
  bodies(messages)
    .filter((body) => body["replay-name"] === name)
    .map((body) => body.detail.id);

describe("a replay", () => {
  test("brings back the events from start to before end, by their own time, under its name", async () => {
    const { client, service, messagesTo } = await archivedBed();
    const times = [minutes(3), minutes(1), minutes(2), minutes(1) - 1, 0];
    for (const [id, time] of times.entries()) await putAt(service, noon + time, id);
    const started = await client.send(replay("again", noon + minutes(1) - 1, noon + minutes(3)));
    expect(started).toMatchObject({ State: "STARTING", ReplayArn: expect.stringContaining(":replay/again") });
    expect(await ended(client, "again")).toMatchObject({
      State: "COMPLETED",
      EventSourceArn: archiveArn,
      EventLastReplayedTime: new Date(noon + minutes(2)),
      Destination: { Arn: bus },
    });
    await eventually(() => expect(replayed(messagesTo(audit), "again")).toEqual([3, 1, 2]));
    await eventually(() => expect(replayed(messagesTo(orders), "again")).toEqual([3, 1, 2]));
    const [original, copy] = [0, 5].map((index) => bodies(messagesTo(orders))[index]);
    expect(Object.keys(copy)).toEqual([...Object.keys(original).toSpliced(7, 0, "replay-name")]);
  });

  test("goes to the rules it names and to no other", async () => {
    const { client, service, messagesTo } = await archivedBed();
    await putAt(service, noon, 1);
    await client.send(replay("again", noon, noon + 1, ["arn:aws:events:us-east-1:000000000000:rule/audit"]));
    await ended(client, "again");
    await eventually(() => expect(replayed(messagesTo(audit), "again")).toEqual([1]));
    expect(replayed(messagesTo(orders), "again")).toEqual([]);
  });

  test("is never archived, and a rule can tell it from live events", async () => {
    const { client, service, messagesTo } = await archivedBed();
    await service.call("PutRule", {
      Name: "audit",
      EventPattern: '{"source":["shop"],"replay-name":[{"exists":false}]}',
    });
    await putAt(service, noon, 1);
    await client.send(replay("again", noon, noon + 1));
    await ended(client, "again");
    await eventually(() => expect(replayed(messagesTo(orders), "again")).toEqual([1]));
    expect(replayed(messagesTo(audit), "again")).toEqual([]);
    expect((await client.send(new DescribeArchiveCommand({ ArchiveName: "all" }))).EventCount).toBe(1);
  });

  test("of nothing completes without a last replayed time", async () => {
    const { client } = await archivedBed();
    await client.send(replay("empty", 0, 1_000));
    const described = await ended(client, "empty");
    expect(described.State).toBe("COMPLETED");
    expect(described.EventLastReplayedTime).toBeUndefined();
  });

  /** More events than may be due at once, and a target that takes nothing before it is told to. */
  async function crowdedBed() {
    const { deliver: record, messagesTo } = recordingTargets();
    const gate = Promise.withResolvers<void>();
    const rule = ["arn:aws:events:us-east-1:000000000000:rule/audit"];
    const bed = await archivedBed({
      deliver: async (arn, messages) => {
        if (messages.some(({ json }) => json.includes('"replay-name"'))) await gate.promise;
        return record(arn, messages);
      },
    });
    onTestFinished(() => gate.resolve());
    const Entries = (first: number) =>
      Array.from({ length: 10 }, (_, index) => ({
        Source: "shop",
        DetailType: "OrderPlaced",
        Detail: JSON.stringify({ id: first + index }),
        Time: (noon + first + index) / 1_000,
      }));
    const calls = Array.from({ length: 200 }, (_, index) =>
      bed.service.call("PutEvents", { Entries: Entries(index * 10) }),
    );
    await Promise.all(calls);
    await eventually(() => expect(messagesTo(audit)).toHaveLength(2_000));
    await bed.client.send(replay("long", noon, noon + minutes(1), rule));
    const progress = () => bed.client.send(new DescribeReplayCommand({ ReplayName: "long" }));
    await eventually(async () =>
      expect((await progress()).EventLastReplayedTime?.getTime()).toBeGreaterThan(noon + 1_000),
    );
    return { ...bed, gate, messagesTo, progress };
  }

  test("can be canceled while it runs, and once only", async () => {
    const { client, progress } = await crowdedBed();
    expect((await progress()).State).toBe("RUNNING");
    const cancel = new CancelReplayCommand({ ReplayName: "long" });
    expect(await client.send(cancel)).toMatchObject({ State: "CANCELLING" });
    expect((await ended(client, "long")).State).toBe("CANCELLED");
    await expect(client.send(cancel)).rejects.toMatchObject({
      name: "IllegalStatusException",
      message: "Replay long is not in a valid state for this operation.",
    });
  });

  test("goes on after a restart where it stopped, and replays nothing twice", async () => {
    const before = await crowdedBed();
    // The target has answered nothing; the process ends as it would in a crash, with rows written and not delivered.
    const stopped = before.close();
    before.gate.resolve();
    await stopped;
    const first = replayed(before.messagesTo(audit), "long");
    const { client, messagesTo } = await startBed({ dataDir: before.dataDir });
    await ended(client, "long");
    await eventually(() => expect(first.length + messagesTo(audit).length).toBe(2_000));
    expect(new Set([...first, ...replayed(messagesTo(audit), "long")]).size).toBe(2_000);
  });

  test("fails when its archive is deleted under it", async () => {
    const { client, service, gate } = await crowdedBed();
    await service.call("DeleteArchive", { ArchiveName: "all" });
    gate.resolve();
    expect(await ended(client, "long")).toMatchObject({ State: "FAILED", StateReason: "The archive was deleted." });
  });

  test("is one of ten at most that run at once", async () => {
    const { client } = await crowdedBed();
    for (let n = 1; n < 10; n++) await client.send(replay(`r${n}`, noon, noon + 1));
    await expect(client.send(replay("one-more", noon, noon + 1))).rejects.toMatchObject({
      name: "LimitExceededException",
    });
    const page = await client.send(new ListReplaysCommand({ NamePrefix: "r", Limit: 4 }));
    expect(page.Replays?.map(({ ReplayName }) => ReplayName)).toEqual(["r1", "r2", "r3", "r4"]);
    expect(page.NextToken).toBeDefined();
  });

  test.each([
    [{ ReplayName: "taken" }, "ResourceAlreadyExistsException", "Replay taken already exists."],
    [
      { EventSourceArn: `${archiveArn}-not` },
      "ValidationException",
      "Parameter EventSourceArn is not valid. Reason: Archive all-not does not exist.",
    ],
    [{ Destination: { Arn: busArn("none") } }, "ResourceNotFoundException", "Event bus none does not exist."],
    [
      { Destination: { Arn: busArn("other") } },
      "ValidationException",
      "Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted.",
    ],
    [
      { Destination: { Arn: orders } },
      "ValidationException",
      "Parameter Destination.Arn is not valid. Reason: Must contain an event bus ARN.",
    ],
    [
      { EventEndTime: new Date(noon) },
      "ValidationException",
      "Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.",
    ],
  ])("is refused when wrong: %j", async (change, name, message) => {
    const { client, service } = await archivedBed();
    await service.call("CreateEventBus", { Name: "other" });
    await client.send(replay("taken", noon, noon + 1));
    const { input } = replay("new", noon, noon + 1);
    await expect(client.send(new StartReplayCommand({ ...input, ...change }))).rejects.toMatchObject({ name, message });
  });
});
