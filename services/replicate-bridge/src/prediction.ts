import { predictionIdSchema } from "@vsl/events";
import * as z from "zod";
import { parseTimestamp } from "./timestamp.ts";

const timestamp = z
  .string()
  .transform(parseTimestamp)
  .nullish()
  .transform((value) => value ?? null)
  .catch(null);

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? null)
  .catch(null);

/** Replicate's prediction, read leniently: only its id and status must be there, since all else has been seen missing. */
export const predictionSchema = z
  .object({
    id: predictionIdSchema,
    status: z.string().min(1),
    model: text,
    version: text,
    input: z.unknown().optional(),
    output: z.unknown().optional(),
    error: z.unknown().optional(),
    data_removed: z.boolean().catch(false),
    webhook: text,
    metrics: z.record(z.string(), z.unknown()).catch({}),
    created_at: timestamp,
    started_at: timestamp,
    completed_at: timestamp,
  })
  .transform(({ data_removed, created_at, started_at, completed_at, ...rest }) => ({
    ...rest,
    dataRemoved: data_removed,
    createdAt: created_at,
    startedAt: started_at,
    completedAt: completed_at,
  }));

export type Prediction = z.output<typeof predictionSchema>;

const terminalStatuses = ["succeeded", "failed", "canceled", "aborted"] as const;
export type TerminalStatus = (typeof terminalStatuses)[number];

/** Null while it runs. A status that is not known yet counts as running: the reconciler asks again. */
export const terminalStatusOf = ({ status }: Prediction): TerminalStatus | null =>
  terminalStatuses.find((terminal) => terminal === status) ?? null;
