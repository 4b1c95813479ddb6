import { setTimeout as sleep } from "node:timers/promises";
import {
  DescribeEventBusCommand,
  type EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
} from "@aws-sdk/client-eventbridge";
import type { Announcement, Publish } from "./announce.ts";
import { Permanent } from "./errors.ts";

/** EventBridge's limits of one PutEvents call. Source: EventBridge quotas, 2026-01. */
const maxEntriesPerCall = 10;
const maxBytesPerCall = 1024 * 1024;

export interface PublisherOptions {
  client: Pick<EventBridgeClient, "send">;
  busName: string;
  /** Milliseconds before each further try of the entries that the bus refused. */
  backoffMs?: readonly number[];
}

/**
 * Puts announcements on the bus, in as few calls as fit, and returns only when the bus accepted every one of them.
 * Throws before the first call if the bus does not exist, since PutEvents answers 200 and loses the events then.
 */
export function createPublisher({ client, busName, backoffMs = [50, 200, 800, 2000] }: PublisherOptions): Publish {
  let busChecked: Promise<void> | undefined;

  return async (announcements) => {
    if (announcements.length === 0) return;
    busChecked ??= assertBusExists(client, busName);
    await busChecked.catch((error: unknown) => {
      busChecked = undefined;
      throw error;
    });
    for (const batch of splitForPutEvents(announcements.map((each) => entryOf(each, busName)))) await putAll(batch);
  };

  async function putAll(batch: readonly PutEventsRequestEntry[]): Promise<void> {
    let pending = batch;
    for (let attempt = 0; ; attempt++) {
      const refused = await put(pending);
      if (refused.length === 0) return;
      const pause = backoffMs[attempt];
      if (pause === undefined)
        throw new Error(`the bus ${busName} refused ${describe(refused)}; they are tried again later`);
      await sleep(pause * (0.5 + Math.random() / 2));
      pending = refused.map(({ entry }) => entry);
    }
  }

  /** PutEvents answers 200 even when it drops entries: exactly those are returned. */
  async function put(entries: readonly PutEventsRequestEntry[]) {
    const { Entries = [] } = await client.send(new PutEventsCommand({ Entries: [...entries] }));
    return entries.flatMap((entry, index) => {
      const answer = Entries[index];
      return answer?.EventId ? [] : [{ entry, code: answer?.ErrorCode ?? "NoAnswer" }];
    });
  }
}

const describe = (refused: readonly { entry: PutEventsRequestEntry; code: string }[]) =>
  refused.map(({ entry, code }) => `${entry.DetailType} (${code})`).join(", ");

async function assertBusExists(client: Pick<EventBridgeClient, "send">, busName: string): Promise<void> {
  try {
    await client.send(new DescribeEventBusCommand({ Name: busName }));
  } catch (cause) {
    throw new Error(`the event bus ${busName} cannot be described: deploy the platform, or correct the bus name`, {
      cause,
    });
  }
}

/** `Time` is the fact's own time, so that a replay by event time finds it there, whenever it was announced. */
function entryOf({ source, detailType, detail }: Announcement, busName: string): PutEventsRequestEntry {
  const entry = {
    EventBusName: busName,
    Source: source,
    DetailType: detailType,
    Detail: JSON.stringify(detail),
    Time: new Date(detail.occurredAt),
  };
  const bytes = entryBytes(entry);
  if (bytes > maxBytesPerCall)
    throw new Permanent(`${detailType} has ${bytes} bytes; EventBridge takes at most ${maxBytesPerCall}`);
  return entry;
}

/** As EventBridge counts: 14 for the time, and UTF-8 of source, detail-type and detail. */
export const entryBytes = (entry: PutEventsRequestEntry) =>
  (entry.Time ? 14 : 0) +
  [entry.Source, entry.DetailType, entry.Detail].reduce((sum, text) => sum + Buffer.byteLength(text ?? ""), 0);

/** Keeps the order; every batch fits one call. */
export function splitForPutEvents(entries: readonly PutEventsRequestEntry[]): PutEventsRequestEntry[][] {
  const batches: PutEventsRequestEntry[][] = [];
  let room = 0;
  for (const entry of entries) {
    const bytes = entryBytes(entry);
    const current = batches.at(-1);
    if (current && current.length < maxEntriesPerCall && bytes <= room) {
      current.push(entry);
      room -= bytes;
    } else {
      batches.push([entry]);
      room = maxBytesPerCall - bytes;
    }
  }
  return batches;
}
