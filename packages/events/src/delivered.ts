import * as z from "zod";
import { type AnyEvent, envelopeSchema, type PayloadOf } from "./define-event.ts";
import { Permanent } from "./errors.ts";
import type { EventId } from "./ids.ts";

/** An event as a subscriber gets it: parsed against its own type, brought up to its newest version. */
export type Delivered<D extends AnyEvent> = D extends AnyEvent
  ? {
      readonly name: D["name"];
      readonly id: EventId;
      readonly correlationId: string;
      readonly occurredAt: string;
      readonly payload: PayloadOf<D>;
      /** Set when the archive replays it: nothing may then be spent, counted or downloaded again. */
      readonly replayName: string | null;
    }
  : never;

/** EventBridge's own frame around `detail`; unknown members are AWS's business. */
const frameSchema = z.object({
  source: z.string(),
  "detail-type": z.string(),
  "replay-name": z.string().optional(),
  detail: z.unknown(),
});

/** Reads one EventBridge event. Throws `Permanent` for whatever no repetition can make readable. */
export function parseDelivery<const D extends readonly AnyEvent[]>(hears: D, body: string): Delivered<D[number]> {
  const frame = frameSchema.safeParse(parseJson(body));
  if (!frame.success) throw new Permanent(`not an EventBridge event: ${issuesOf(frame.error)}`);
  const name = frame.data["detail-type"];
  const event = hears.find((candidate) => candidate.name === name);
  if (!event) throw new Permanent(`${name} is not among the events heard here`);
  const envelope = envelopeSchema.safeParse(frame.data.detail);
  if (!envelope.success) throw new Permanent(`${name} has no valid envelope: ${issuesOf(envelope.error)}`);
  const { id, version, correlationId, occurredAt } = envelope.data;
  const payload = event.payload.safeParse(upcast(event, version, envelope.data.payload));
  if (!payload.success) throw new Permanent(`${name} v${version} has no valid payload: ${issuesOf(payload.error)}`);
  const replayName = frame.data["replay-name"] ?? null;
  // The name was just found in `hears` and the payload parsed by that entry's schema: the compiler cannot follow the pair.
  return { name, id, correlationId, occurredAt, payload: payload.data, replayName } as Delivered<D[number]>;
}

function upcast(event: AnyEvent, version: number, payload: unknown): unknown {
  if (version > event.version) {
    throw new Permanent(`${event.name} v${version} is newer than v${event.version}: deploy this service, then redrive`);
  }
  let current = payload;
  for (let from = version; from < event.version; from++) current = event.upcasters[from]?.(current);
  return current;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new Permanent("not JSON", { cause });
  }
}

/** Paths and reasons only: a value could be a prompt. */
const issuesOf = (error: z.ZodError) =>
  error.issues.map(({ path, code }) => `${path.join(".") || "(root)"} ${code}`).join(", ");
