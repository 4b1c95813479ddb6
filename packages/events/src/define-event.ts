import * as z from "zod";
import { eventIdSchema } from "./ids.ts";

export const serviceNames = ["intake", "replicate-bridge", "storage", "ledger"] as const;
export type ServiceName = (typeof serviceNames)[number];

/** What stands in an EventBridge event's `detail`. */
export const envelopeSchema = z.object({
  /** The same for every announcement of the same fact: what subscribers deduplicate by. */
  id: eventIdSchema,
  version: z.int().positive(),
  correlationId: z.string().min(1).max(128),
  occurredAt: z.iso.datetime(),
  payload: z.unknown(),
});

export interface EventDefinition<Name extends string = string, Schema extends z.ZodType = z.ZodType> {
  /** EventBridge's `detail-type`. */
  readonly name: Name;
  /** Stands in `detail.version`. A new optional field keeps it; anything that breaks an old reader raises it. */
  readonly version: number;
  readonly announcedBy: ServiceName;
  /** One sentence for the catalogue: the fact that this event states. */
  readonly states: string;
  readonly payload: Schema;
  /** What makes two announcements the same fact; the event's id is derived from it. */
  readonly key: (payload: z.output<Schema>) => string;
  readonly example: z.input<Schema>;
  /** From the version that stands at the key to the next one, so that an old archive still replays. */
  readonly upcasters: Readonly<Record<number, (payload: unknown) => unknown>>;
}

/** Method bivariance would let a wrong `key` through, so the widest definition says only what a reader may rely on. */
export type AnyEvent = Omit<EventDefinition, "key" | "example"> & { readonly example: unknown };

export function defineEvent<const Name extends string, Schema extends z.ZodType>(
  definition: Omit<EventDefinition<Name, Schema>, "upcasters"> & {
    upcasters?: Readonly<Record<number, (payload: unknown) => unknown>>;
  },
): EventDefinition<Name, Schema> {
  const upcasters = definition.upcasters ?? {};
  for (let version = 1; version < definition.version; version++) {
    if (!upcasters[version])
      throw new Error(`${definition.name} v${definition.version} has no upcaster from v${version}`);
  }
  return { ...definition, upcasters };
}

export type PayloadOf<D extends Pick<AnyEvent, "payload">> = z.output<D["payload"]>;

/** EventBridge's `source` of all that a service announces. */
export const sourceOf = (service: ServiceName) => `vsl.${service}`;

/** The event pattern of a rule that hears these events, first deliveries and replays alike. */
export function patternOf(events: readonly AnyEvent[]): { source: string[]; "detail-type": string[] } {
  return {
    source: [...new Set(events.map(({ announcedBy }) => sourceOf(announcedBy)))],
    "detail-type": events.map(({ name }) => name),
  };
}
