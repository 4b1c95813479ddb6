import { z } from "zod";
import { Misuse } from "../command.ts";

/** A rule that feeds the service's queue, and what it asks of an event. */
export interface Rule {
  arn: string;
  pattern: string;
}

const patternSchema = z.object({
  "detail-type": z.array(z.string()),
  "replay-name": z.array(z.union([z.string(), z.object({ exists: z.boolean() }), z.looseObject({})])).optional(),
});

/** The rules that match replayed events, too. A service that spends or downloads has none: it must not be replayed to. */
export function rulesForReplays(service: string, rules: readonly Rule[]): Rule[] {
  const hearing = rules.filter(({ pattern }) => hearsReplays(pattern));
  if (hearing.length > 0) return hearing;
  throw new Misuse(
    `${service} hears no replays: what it did for these events, it has done. Name a service that keeps facts, such as ledger or intake.`,
  );
}

const hearsReplays = (pattern: string) =>
  patternSchema
    .parse(JSON.parse(pattern))
    ["replay-name"]?.every((wanted) => typeof wanted === "string" || wanted["exists"] !== false) ?? true;

interface CaptureWish {
  rules: readonly Rule[];
  /** Every replay of this capture begins so. */
  replayPrefix: string;
  jobs: readonly string[];
  users: readonly string[];
}

/**
 * What the service hears, but from this replay alone: no live event matches. Narrowed by what every event carries; the rest is
 * chosen once all is known, since an event need not name its model.
 */
export function capturePattern({ rules, replayPrefix, jobs, users }: CaptureWish): string {
  const heard = rules.flatMap(({ pattern }) => patternSchema.parse(JSON.parse(pattern))["detail-type"]);
  const payload = {
    ...(jobs.length > 0 && { jobId: jobs }),
    ...(users.length > 0 && { userId: users }),
  };
  return JSON.stringify({
    "detail-type": [...new Set(heard)],
    "replay-name": [{ prefix: replayPrefix }],
    ...(Object.keys(payload).length > 0 && { detail: { payload } }),
  });
}
