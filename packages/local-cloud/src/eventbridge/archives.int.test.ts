import {
  CreateArchiveCommand,
  DeleteArchiveCommand,
  DescribeArchiveCommand,
  ListArchivesCommand,
  ListRulesCommand,
  PutRuleCommand,
  UpdateArchiveCommand,
} from "@aws-sdk/client-eventbridge";
import { describe, expect, test } from "vitest";
import { archiveArn, archivedBed, bus, minutes, noon, putAt } from "./suite/archived-bed.ts";
import { busArn } from "./suite/places.ts";
import { startBed } from "./suite/start-bed.ts";

describe("archives", () => {
  test("are created, described, listed, changed and deleted with AWS's members", async () => {
    const { client } = await startBed({ now: () => noon });
    const EventPattern = '{"source":["shop"]}';
    const receipt = { ArchiveArn: archiveArn, State: "ENABLED", CreationTime: new Date(noon) };
    const created = await client.send(
      new CreateArchiveCommand({ ArchiveName: "all", EventSourceArn: bus, EventPattern, RetentionDays: 3 }),
    );
    expect(created).toMatchObject(receipt);
    const described = await client.send(new DescribeArchiveCommand({ ArchiveName: "all" }));
    const summary = { ArchiveName: "all", EventSourceArn: bus, State: "ENABLED", RetentionDays: 3, EventCount: 0 };
    expect(described).toMatchObject({ ...summary, ArchiveArn: archiveArn, EventPattern, SizeBytes: 0 });
    const updated = await client.send(new UpdateArchiveCommand({ ArchiveName: "all", Description: "everything" }));
    expect(updated).toMatchObject(receipt);
    const { Archives } = await client.send(new ListArchivesCommand({ EventSourceArn: bus }));
    expect(Archives).toMatchObject([summary]);
    await client.send(new DeleteArchiveCommand({ ArchiveName: "all" }));
    await expect(client.send(new DescribeArchiveCommand({ ArchiveName: "all" }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "Archive all does not exist.",
    });
    expect((await client.send(new ListRulesCommand({}))).Rules).toEqual([]);
  });

  test("are fed by a managed rule that nobody may change by accident", async () => {
    const { client } = await archivedBed();
    const { Rules } = await client.send(new ListRulesCommand({ NamePrefix: "Events-Archive-" }));
    expect(Rules).toMatchObject([
      {
        Name: "Events-Archive-all",
        ManagedBy: "prod.vhs.events.aws.internal",
        EventPattern: '{"replay-name":[{"exists":false}]}',
      },
    ]);
    await expect(
      client.send(new PutRuleCommand({ Name: "Events-Archive-all", EventPattern: '{"source":["x"]}' })),
    ).rejects.toMatchObject({ name: "ManagedRuleException" });
  });

  test("keep the events that match their pattern", async () => {
    const { client, service } = await archivedBed();
    await service.call("UpdateArchive", {
      ArchiveName: "all",
      EventPattern: '{"detail":{"id":[{"numeric":[">",1]}]}}',
    });
    for (const id of [1, 2, 3]) await putAt(service, noon, id);
    const { EventCount, SizeBytes } = await client.send(new DescribeArchiveCommand({ ArchiveName: "all" }));
    expect(EventCount).toBe(2);
    expect(SizeBytes).toBeGreaterThan(300);
  });

  test("forget events after their retention, counted from when they came", async () => {
    let now = noon;
    const { client, service } = await archivedBed({ now: () => now });
    await service.call("UpdateArchive", { ArchiveName: "all", RetentionDays: 1 });
    await putAt(service, 0, 1);
    now += minutes(60 * 12);
    await putAt(service, noon, 2);
    now += minutes(60 * 12) + 1;
    const { EventCount } = await client.send(new DescribeArchiveCommand({ ArchiveName: "all" }));
    expect(EventCount).toBe(1);
  });

  test.each([
    [{ EventSourceArn: busArn("none") }, "ResourceNotFoundException", "Event bus none does not exist."],
    [{ ArchiveName: "all" }, "ResourceAlreadyExistsException", "Archive all already exists."],
    [
      { EventPattern: "[]" },
      "InvalidEventPatternException",
      "Event pattern is not valid. Reason: Filter is not an object",
    ],
    [
      { ArchiveName: "a".repeat(49) },
      "ValidationException",
      `1 validation error detected: Value '${"a".repeat(49)}' at 'archiveName' failed to satisfy constraint: ` +
        "Member must have length less than or equal to 48",
    ],
  ])("are refused when wrong: %j", async (change, name, message) => {
    const { client } = await archivedBed();
    const input = { ArchiveName: "other", EventSourceArn: bus, ...change };
    await expect(client.send(new CreateArchiveCommand(input))).rejects.toMatchObject({ name, message });
  });
});
