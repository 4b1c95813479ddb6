import { z } from "zod";
import { webhookEvents } from "../predictions/prediction.ts";

const milliseconds = z.number().nonnegative();

/** What goes wrong. One shape per place where it can be met. */
const faultSchema = z.discriminatedUnion("kind", [
  /** Answers with this instead of handling the request; without a body, with what Replicate says at that status. */
  z.strictObject({
    kind: z.literal("status"),
    status: z.int().min(200).max(599),
    body: z.unknown().optional(),
    headers: z.record(z.string(), z.string()).default({}),
  }),
  /** Cuts the connection: before the request has any effect, or after it had all of it. */
  z.strictObject({ kind: z.literal("reset"), when: z.enum(["before", "after"]) }),
  /** Holds the request before it has any effect, or its answer. A caller that has gone in the meantime is not served. */
  z.strictObject({ kind: z.literal("hang"), ms: milliseconds, when: z.enum(["before", "after"]).default("before") }),
  z.strictObject({
    kind: z.literal("webhook"),
    /** Never sends it, nor its retries. */
    drop: z.boolean().default(false),
    delayMs: milliseconds.default(0),
    /** Sends it this many times more, under the same `webhook-id`. */
    duplicate: z.int().min(0).max(100).default(0),
    /** Signs it with another secret. */
    forge: z.boolean().default(false),
    /** Sends it after the next one of the same prediction, or after five seconds when none follows. */
    reorder: z.boolean().default(false),
  }),
  z.strictObject({
    kind: z.literal("output"),
    /** 404, as if it had never been. */
    missing: z.boolean().default(false),
    /** Promises the whole length and cuts the connection after this many bytes. */
    truncateAtBytes: z.int().nonnegative().optional(),
    delayMs: milliseconds.default(0),
    /** Gives no more than so many bytes a second. */
    bytesPerSecond: z.number().positive().optional(),
    /** Goes on with zeros up to this length. */
    padToBytes: z.int().positive().optional(),
    /** Claims to be of this type. */
    contentType: z.string().optional(),
  }),
  /** How a prediction ends, whatever its input; `output` is what a success gives in the place of its own. */
  z.discriminatedUnion("status", [
    z.strictObject({
      kind: z.literal("outcome"),
      status: z.enum(["failed", "canceled", "aborted"]),
      error: z.string().nullable().default(null),
      beforeStart: z.boolean().default(false),
    }),
    z.strictObject({ kind: z.literal("outcome"), status: z.literal("succeeded"), output: z.unknown() }),
  ]),
  /** Inputs, outputs and logs are removed so soon after the end, instead of after an hour. */
  z.strictObject({ kind: z.literal("expiry"), afterSeconds: z.number().nonnegative().default(0) }),
  /** `Prefer: wait` is answered as soon as the outputs are there, while the status is still `processing`. */
  z.strictObject({ kind: z.literal("early") }),
]);

const matchSchema = z.strictObject({
  /** `METHOD /path`; `*` stands for any run of characters. */
  route: z.string().optional(),
  model: z.string().optional(),
  predictionId: z.string().optional(),
  /** Of webhooks. */
  event: z.enum(webhookEvents).optional(),
});

export const faultRuleSchema = z.strictObject({
  match: matchSchema.default({}),
  /** How often it strikes; without it, until it is deleted. */
  times: z.int().positive().optional(),
  /** Strikes at every n-th match only. */
  every: z.int().positive().default(1),
  fault: faultSchema,
});

/** One rule or a list of them. */
export const faultRules = z.preprocess((rules) => [rules].flat(), z.array(faultRuleSchema));

export type FaultRule = z.infer<typeof faultRuleSchema>;
export type Fault = z.infer<typeof faultSchema>;
export type FaultKind = Fault["kind"];
export type FaultOf<Kind extends FaultKind> = Extract<Fault, { kind: Kind }>;

/** What a fault may be aimed at; the parts that are not known are left out. */
export type Subject = z.infer<typeof matchSchema>;

/** Whether the rule speaks of this subject: every part that it names must be the same. */
export function matches(match: FaultRule["match"], subject: Subject): boolean {
  const { route, ...parts } = match;
  if (route !== undefined && (subject.route === undefined || !matchesRoute(route, subject.route))) return false;
  return (["model", "predictionId", "event"] as const).every(
    (part) => parts[part] === undefined || parts[part] === subject[part],
  );
}

function matchesRoute(pattern: string, route: string): boolean {
  const literal = pattern.split("*").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${literal.join(".*")}$`).test(route);
}
