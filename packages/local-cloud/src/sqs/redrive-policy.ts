import { z } from "zod";
import { invalidParameter, invalidValue } from "./errors.ts";

export interface RedrivePolicy {
  deadLetterTargetArn: string;
  maxReceiveCount: number;
}

const redrivePolicy = z.object({
  deadLetterTargetArn: z.string(),
  maxReceiveCount: z.union([z.int(), z.string().regex(/^\d+$/).transform(Number)]),
});

const allowPolicy = z.object({
  redrivePermission: z.enum(["allowAll", "denyAll", "byQueue"]),
  sourceQueueArns: z.array(z.string()).optional(),
});

/** Reads a policy that was checked when it was set. */
export const readRedrivePolicy = (text: string | undefined): RedrivePolicy | undefined =>
  text === undefined ? undefined : redrivePolicy.parse(JSON.parse(text));

function jsonMap(text: string, what: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Not JSON at all is answered like JSON of another kind.
  }
  throw invalidValue(text, what, "Redrive policy is not a valid JSON map.");
}

export interface DeadLetterTarget {
  fifo: boolean;
  redriveAllowPolicy: string | undefined;
}

/** Throws as AWS does; gives back the policy as AWS writes it. `find` looks for the target among the queues that exist. */
export function checkRedrivePolicy(
  text: string,
  source: { arn: string; fifo: boolean },
  find: (arn: string) => DeadLetterTarget | undefined,
): string {
  const refuse = (reason: string) => invalidValue(text, "RedrivePolicy", reason);
  const given = z.record(z.string(), z.unknown()).parse(jsonMap(text, "RedrivePolicy"));
  for (const name of ["deadLetterTargetArn", "maxReceiveCount"]) {
    if (given[name] === undefined) throw refuse(`Redrive policy does not contain mandatory attribute: ${name}.`);
  }
  const parsed = redrivePolicy.safeParse(given);
  const count = parsed.data?.maxReceiveCount ?? 0;
  if (!/^arn:aws[a-z-]*:sqs:[^:]*:[^:]*:[^:]+$/.test(String(given["deadLetterTargetArn"]))) {
    throw refuse("Invalid value for deadLetterTargetArn.");
  }
  if (!parsed.success || count < 1 || count > 1000) {
    throw refuse(
      `Invalid value for maxReceiveCount: ${given["maxReceiveCount"]}, valid values are from 1 to 1000 both inclusive.`,
    );
  }
  const target = find(parsed.data.deadLetterTargetArn);
  if (!target) throw refuse("Dead letter target does not exist.");
  if (target.fifo !== source.fifo) throw refuse("Dead-letter queue must be same type of queue as the source.");
  if (!allows(target.redriveAllowPolicy, source.arn)) {
    throw refuse("Dead-letter queue does not allow this queue to redrive to it.");
  }
  return JSON.stringify({ deadLetterTargetArn: parsed.data.deadLetterTargetArn, maxReceiveCount: count });
}

export function checkRedriveAllowPolicy(text: string): void {
  const parsed = allowPolicy.safeParse(jsonMap(text, "RedriveAllowPolicy"));
  if (!parsed.success) throw invalidValue(text, "RedriveAllowPolicy", "Invalid value for redrivePermission.");
  const { redrivePermission, sourceQueueArns = [] } = parsed.data;
  const wanted = redrivePermission === "byQueue";
  if (wanted !== sourceQueueArns.length > 0 || sourceQueueArns.length > 10) {
    throw invalidParameter(
      `Value ${text} for parameter RedriveAllowPolicy is invalid. Reason: sourceQueueArns must hold 1 to 10 ARNs with byQueue, and is not allowed otherwise.`,
    );
  }
}

function allows(policy: string | undefined, sourceArn: string): boolean {
  if (policy === undefined) return true;
  const { redrivePermission, sourceQueueArns = [] } = allowPolicy.parse(JSON.parse(policy));
  if (redrivePermission === "byQueue") return sourceQueueArns.includes(sourceArn);
  return redrivePermission === "allowAll";
}
