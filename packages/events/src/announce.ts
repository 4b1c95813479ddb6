import { createHash } from "node:crypto";
import type { z } from "zod";
import { type EventDefinition, sourceOf } from "./define-event.ts";
import { type EventId, eventIdSchema } from "./ids.ts";

/** An event that is ready to be put on the bus. */
export interface Announcement {
  readonly source: string;
  readonly detailType: string;
  readonly detail: {
    readonly id: EventId;
    readonly version: number;
    readonly correlationId: string;
    readonly occurredAt: string;
    readonly payload: unknown;
  };
}

export type Publish = (announcements: readonly Announcement[]) => Promise<void>;

/**
 * States a fact. The id follows from the event's name and key: announcing the same fact again, after a crash or by a
 * sweeper, gives the same id, and `occurredAt` must be the fact's own time, not the announcement's.
 */
export function announce<Name extends string, Schema extends z.ZodType>(
  event: EventDefinition<Name, Schema>,
  payload: z.output<Schema>,
  { correlationId, occurredAt }: { correlationId: string; occurredAt: string },
): Announcement {
  const parsed = event.payload.parse(payload);
  return {
    source: sourceOf(event.announcedBy),
    detailType: event.name,
    detail: {
      id: eventIdOf(event.name, event.key(parsed)),
      version: event.version,
      correlationId,
      occurredAt,
      payload: parsed,
    },
  };
}

/** A UUID (version 8, RFC 9562) over the name and the key. */
export function eventIdOf(name: string, key: string): EventId {
  const hex = createHash("sha256").update(`${name}\n${key}`).digest("hex");
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return eventIdSchema.parse(
    `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`,
  );
}
