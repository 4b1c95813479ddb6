import { readdirSync, readFileSync } from "node:fs";
import type { SQSEvent } from "aws-lambda";
import type { Announcement } from "./announce.ts";

/** The body of the SQS message in which EventBridge delivers an announcement. For tests of any service. */
export function delivery(
  { source, detailType, detail }: Omit<Announcement, "detail"> & { detail: unknown },
  frame: { "replay-name"?: string } = {},
): string {
  return JSON.stringify({
    version: "0",
    id: "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
    "detail-type": detailType,
    source,
    account: "000000000000",
    time: "2026-11-20T10:30:00Z",
    region: "us-east-1",
    resources: [],
    detail,
    ...frame,
  });
}

/** A batch as Lambda hands it to a handler: message ids `m-0`, `m-1` …. */
export function sqsBatch(bodies: readonly string[], receiveCount = 1): SQSEvent {
  return {
    Records: bodies.map((body, index) => ({
      messageId: `m-${index}`,
      receiptHandle: `receipt-${index}`,
      body,
      attributes: {
        ApproximateReceiveCount: String(receiveCount),
        SentTimestamp: "1763634600000",
        SenderId: "AIDAEXAMPLE",
        ApproximateFirstReceiveTimestamp: "1763634600001",
      },
      messageAttributes: {},
      md5OfBody: "",
      eventSource: "aws:sqs",
      eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:queue",
      awsRegion: "us-east-1",
    })),
  };
}

const fixtures = new URL("../fixtures/", import.meta.url);

/** What was archived of each published version of each event, by its file: `JobRequested.v1.jsonl`, an event a line. */
export const readFixtures = (): Map<string, readonly string[]> =>
  new Map(
    readdirSync(fixtures).map((file) => [file, readFileSync(new URL(file, fixtures), "utf8").trimEnd().split("\n")]),
  );

/** An archive of every version that ever was, in the order in which it replays these events. */
export function replayArchive(names: readonly string[], replayName = "rebuild"): string[] {
  const timeOf = (body: string) => /"occurredAt":"([^"]+)"/.exec(body)?.[1] ?? "";
  return [...readFixtures()]
    .filter(([file]) => names.some((name) => file.startsWith(`${name}.v`)))
    .flatMap(([, bodies]) => bodies)
    .toSorted((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1))
    .map((body) => body.replace(',"resources":', `,"replay-name":${JSON.stringify(replayName)},"resources":`));
}
