import { PutEventsCommand, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { expect, test } from "vitest";
import { eventually } from "./suite/eventually.ts";
import { queueArn } from "./suite/places.ts";
import { startBed } from "./suite/start-bed.ts";

const entry = { Source: "shop", DetailType: "OrderPlaced", Detail: '{"id":1}' };
const orders = queueArn("orders");

async function bedWithRule() {
  const bed = await startBed();
  const pattern = JSON.stringify({ source: ["shop"] });
  await bed.client.send(new PutRuleCommand({ Name: "orders", EventPattern: pattern }));
  await bed.client.send(new PutTargetsCommand({ Rule: "orders", Targets: [{ Id: "q", Arn: orders }] }));
  return bed;
}

test("an event reaches the target in AWS's form, under the id that the publisher was told", async () => {
  const { client, messagesTo } = await bedWithRule();
  const Time = new Date("2026-01-02T03:04:05.678Z");
  const { Entries, FailedEntryCount } = await client.send(
    new PutEventsCommand({ Entries: [{ ...entry, Time, Resources: ["arn:thing"] }] }),
  );
  expect(FailedEntryCount).toBe(0);
  await eventually(() => expect(messagesTo(orders)).toHaveLength(1));
  expect(JSON.parse(messagesTo(orders)[0]?.json ?? "")).toEqual({
    version: "0",
    id: Entries?.[0]?.EventId,
    "detail-type": "OrderPlaced",
    source: "shop",
    account: "000000000000",
    time: "2026-01-02T03:04:05Z",
    region: "us-east-1",
    resources: ["arn:thing"],
    detail: { id: 1 },
  });
});

test("each entry is judged alone, and answered in its place", async () => {
  const { client, messagesTo } = await bedWithRule();
  const { Source, DetailType, Detail } = entry;
  const Entries = [
    { DetailType, Detail },
    { Source, Detail },
    { Source, DetailType },
    { ...entry, Detail: "{" },
    { ...entry, Detail: '["a"]' },
    { ...entry, Source: "aws.s3" },
    entry,
  ];
  const answer = await client.send(new PutEventsCommand({ Entries }));
  const required = (member: string) => ({
    ErrorCode: "InvalidArgument",
    ErrorMessage: `Parameter ${member} is not valid. Reason: ${member} is a required argument.`,
  });
  const malformed = { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." };
  expect(answer.FailedEntryCount).toBe(6);
  expect(answer.Entries).toEqual([
    required("Source"),
    required("DetailType"),
    required("Detail"),
    malformed,
    malformed,
    { ErrorCode: "NotAuthorizedForSourceException", ErrorMessage: "Not authorized for the source." },
    { EventId: expect.any(String) },
  ]);
  await eventually(() => expect(messagesTo(orders)).toHaveLength(1));
});

test.each([0, 11])("%i entries are refused as a whole", async (length) => {
  const { client, messagesTo } = await bedWithRule();
  const Entries = Array.from({ length }, () => entry);
  await expect(client.send(new PutEventsCommand({ Entries }))).rejects.toMatchObject({
    name: "ValidationException",
    message: expect.stringMatching(/at 'entries' failed to satisfy constraint: Member must have length (gr|l)e/),
  });
  expect(messagesTo(orders)).toEqual([]);
});

test("a mebibyte of entries is taken, a byte more is refused", async () => {
  const { client } = await bedWithRule();
  const sized = (bytes: number) => {
    const rest = Buffer.byteLength(`shopOrderPlaced{"text":""}`) + 14;
    return { ...entry, Time: new Date(0), Detail: JSON.stringify({ text: "x".repeat(bytes - rest) }) };
  };
  const half = 524_288;
  const fits = await client.send(new PutEventsCommand({ Entries: [sized(half), sized(half)] }));
  expect(fits.FailedEntryCount).toBe(0);
  await expect(client.send(new PutEventsCommand({ Entries: [sized(half), sized(half + 1)] }))).rejects.toMatchObject({
    name: "ValidationException",
    message: "Total size of the entries in the request is over the limit.",
  });
});

test("an event for an unknown bus is taken and lost, and that is reported", async () => {
  const { client, messagesTo, reports } = await bedWithRule();
  const { Entries, FailedEntryCount } = await client.send(
    new PutEventsCommand({ Entries: [{ ...entry, EventBusName: "typo" }] }),
  );
  expect({ FailedEntryCount, Entries }).toEqual({ FailedEntryCount: 0, Entries: [{ EventId: expect.any(String) }] });
  expect(reports).toEqual(["WARN PutEvents lost an event: there is no bus typo"]);
  expect(messagesTo(orders)).toEqual([]);
});

test("a detail that nests too deeply is malformed, one that nests deeply is not", async () => {
  const { client } = await bedWithRule();
  const nested = (depth: number) => ({ ...entry, Detail: `{"a":${"[".repeat(depth)}${"]".repeat(depth)}}` });
  const { Entries } = await client.send(new PutEventsCommand({ Entries: [nested(999), nested(100_000)] }));
  expect(Entries).toEqual([
    { EventId: expect.any(String) },
    { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." },
  ]);
});

test("a time with a fraction of a millisecond is rounded, in the archive too", async () => {
  const { service } = await bedWithRule();
  await service.call("CreateArchive", { ArchiveName: "all", EventSourceArn: "default" });
  const answer = await service.call("PutEvents", { Entries: [{ ...entry, Time: 1.0054 }] });
  expect(answer).toMatchObject({ FailedEntryCount: 0 });
  expect(await service.call("DescribeArchive", { ArchiveName: "all" })).toMatchObject({ EventCount: 1 });
});

test("a disabled rule gets nothing", async () => {
  const { client, service, messagesTo } = await bedWithRule();
  await service.call("DisableRule", { Name: "orders" });
  await client.send(new PutEventsCommand({ Entries: [entry] }));
  await service.call("EnableRule", { Name: "orders" });
  await client.send(new PutEventsCommand({ Entries: [{ ...entry, Detail: '{"id":2}' }] }));
  await eventually(() => expect(messagesTo(orders)).not.toEqual([]));
  expect(messagesTo(orders).map(({ json }) => JSON.parse(json).detail)).toEqual([{ id: 2 }]);
});
