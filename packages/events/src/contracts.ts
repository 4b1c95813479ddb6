import * as z from "zod";
import { type AnyEvent, envelopeSchema } from "./define-event.ts";

/** The file name of an event's published contract. */
export const contractFile = ({ name, version }: AnyEvent) => `${name}.v${version}.json`;

/** An event's `detail` as JSON Schema: what a subscriber in another language would read. */
export function contractOf(event: AnyEvent): string {
  const detail = envelopeSchema.extend({ version: z.literal(event.version), payload: event.payload });
  const schema = { title: `${event.name} v${event.version}`, description: event.states, ...z.toJSONSchema(detail) };
  return `${JSON.stringify({ ...schema, examples: [event.example] }, null, 2)}\n`;
}
