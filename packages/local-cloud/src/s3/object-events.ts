import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { Report } from "../report.ts";
import { type BucketSettings, tellsEventBridge } from "./bucket-settings.ts";
import type { Database } from "./database.ts";
import type { StoredObject } from "./objects.ts";

const objectEvent = z.object({
  source: z.literal("aws.s3"),
  detailType: z.enum(["Object Created", "Object Deleted"]),
  /** Epoch milliseconds. */
  time: z.number(),
  resources: z.array(z.string()),
  detail: z.record(z.string(), z.unknown()),
});
export type ObjectEvent = z.infer<typeof objectEvent>;

/** Gives events to EventBridge; resolves once they are safe there. */
export type Announce = (events: ObjectEvent[]) => Promise<void>;

export interface Origin {
  requestId: string;
  requester: string;
  sourceIp?: string;
}

/** Lifecycle rules are enforced by S3 itself. */
export const originOfSweep = (): Origin => ({
  requestId: randomBytes(8).toString("hex").toUpperCase(),
  requester: "s3.amazonaws.com",
});

interface Happening {
  bucket: string;
  origin: Origin;
  /** The operation, or the rule, behind it. */
  reason: string;
}

interface EventsOptions {
  settings: BucketSettings;
  announce: Announce;
  report: Report;
  now: () => number;
}

export type ObjectEvents = ReturnType<typeof openObjectEvents>;

const row = z.object({ id: z.number(), event: z.string() });
const batch = 10;
const retryMilliseconds = 1000;

/**
 * What EventBridge is to be told, kept with the change that it tells of: after a crash it is announced at the next start.
 * `created` and `deleted` must be called inside `Database.commit`.
 */
export function openObjectEvents(db: Database, { settings, announce, report, now }: EventsOptions) {
  const insert = db.prepare("insert into announcements (event) values (?)");
  const oldest = db.prepare("select id, event from announcements order by id limit ?");
  const remove = db.prepare("delete from announcements where id = ?");
  let lastSequence = 0n;
  let announcing: Promise<void> | undefined;
  let retry: NodeJS.Timeout | undefined;
  let closed = false;

  /** Grows with each event, so that a hearer can tell which of two is the later. */
  function nextSequencer(): string {
    const sequence = BigInt(now()) << 20n;
    lastSequence = sequence > lastSequence ? sequence : lastSequence + 1n;
    return lastSequence.toString(16).toUpperCase().padStart(18, "0");
  }

  async function announceAll(): Promise<void> {
    for (;;) {
      const rows = oldest.all(batch).map((found) => row.parse(found));
      if (rows.length === 0 || closed) return;
      await announce(rows.map(({ event }) => objectEvent.parse(JSON.parse(event))));
      await db.commit(() => {
        for (const { id } of rows) remove.run(id);
      });
    }
  }

  function wake(): void {
    clearTimeout(retry);
    retry = undefined;
    if (closed || announcing) return;
    announcing = announceAll()
      .catch((error: unknown) => {
        report({ level: "ERROR", message: "S3 could not announce what happened to objects", error });
        retry = setTimeout(wake, retryMilliseconds).unref();
      })
      .finally(() => {
        announcing = undefined;
        // What was recorded while the last look found nothing.
        if (retry === undefined && !closed && oldest.get(1) !== undefined) wake();
      });
  }

  function record(
    detailType: ObjectEvent["detailType"],
    { bucket, origin, reason }: Happening,
    about: { object: Record<string, unknown>; more?: Record<string, unknown> },
  ): void {
    if (!tellsEventBridge(settings, bucket)) return;
    const event: ObjectEvent = {
      source: "aws.s3",
      detailType,
      time: now(),
      resources: [`arn:aws:s3:::${bucket}`],
      detail: {
        version: "0",
        bucket: { name: bucket },
        object: about.object,
        "request-id": origin.requestId,
        requester: origin.requester,
        ...(origin.sourceIp !== undefined && { "source-ip-address": origin.sourceIp }),
        reason,
        ...about.more,
      },
    };
    insert.run(JSON.stringify(event));
    // After the transaction that this runs in.
    setImmediate(wake);
  }

  setImmediate(wake);
  return {
    created: ({ object, ...happening }: Happening & { object: StoredObject }) =>
      record("Object Created", happening, {
        object: { key: object.key, size: object.bytes, etag: object.etag, sequencer: nextSequencer() },
      }),
    deleted: ({ key, ...happening }: Happening & { key: string }) =>
      record("Object Deleted", happening, {
        object: { key, sequencer: nextSequencer() },
        more: { "deletion-type": "Permanently Deleted" },
      }),
    async close(): Promise<void> {
      closed = true;
      clearTimeout(retry);
      await announcing;
    },
  };
}
