import * as z from "zod";
import type { AnyEvent } from "./define-event.ts";
import { type Delivered, parseDelivery } from "./delivered.ts";
import { Permanent } from "./errors.ts";

/**
 * What hearing some events would do to a service's rows, asked of the service itself, since nobody else reads its store. An
 * operator's question: each service that can be replayed to answers it with a function `<service>-preview`.
 */
export const previewRequestSchema = z.object({
  /** As EventBridge delivers them. All events of a job in one request, since its rows follow from all of them. */
  bodies: z.array(z.string()),
});

export const rowChangeSchema = z.object({
  table: z.string(),
  /** Tells the row from others of its table. */
  key: z.string(),
  change: z.enum(["added", "changed", "equal"]),
});
export type RowChange = z.output<typeof rowChangeSchema>;

export const previewAnswerSchema = z.object({
  rows: z.array(rowChangeSchema),
  /** Events that would become dead letters, by their place in the request. */
  unreadable: z.array(z.object({ index: z.int(), reason: z.string() })),
});
export type PreviewAnswer = z.output<typeof previewAnswerSchema>;

interface PreviewPorts<D extends readonly AnyEvent[]> {
  hears: D;
  /** Leaves everything as it is. */
  preview: (events: readonly Delivered<D[number]>[]) => Promise<readonly RowChange[]>;
}

/** The Lambda handler of a service's preview. Changes nothing, so it is safe at any time. */
export function previewReplay<const D extends readonly AnyEvent[]>({ hears, preview }: PreviewPorts<D>) {
  return async (request: unknown): Promise<PreviewAnswer> => {
    const unreadable: PreviewAnswer["unreadable"] = [];
    const events = previewRequestSchema.parse(request).bodies.flatMap((body, index) => {
      try {
        return [parseDelivery(hears, body)];
      } catch (error) {
        if (!(error instanceof Permanent)) throw error;
        unreadable.push({ index, reason: error.message });
        return [];
      }
    });
    return { rows: [...(await preview(events))], unreadable };
  };
}
