import { z } from "zod";
import { s3Error } from "./s3-error.ts";

type Condition =
  | { operator: "eq" | "starts-with"; field: string; value: string }
  | { operator: "content-length-range"; leastBytes: number; mostBytes: number };

export interface PostPolicy {
  /** Epoch milliseconds. */
  expiresAt: number;
  conditions: Condition[];
}

const document = z.object({ expiration: z.unknown().optional(), conditions: z.unknown().optional() });
const bytes = z.coerce.number().int().min(0);
const rangeCondition = z.tuple([z.string().regex(/^content-length-range$/i), bytes, bytes]);
const listCondition = z.tuple([z.string(), z.string(), z.string()]);

const invalid = (reason: string) => s3Error("InvalidPolicyDocument", { message: `Invalid Policy: ${reason}` });
const refused = (reason: string) => s3Error("AccessDenied", { message: `Invalid according to Policy: ${reason}` });

/** Reads the policy of a form, as it stands there: JSON in base64. */
export function parsePolicy(base64: string): PostPolicy {
  const { expiration, conditions } = document.parse(parseObject(base64));
  if (expiration === undefined) throw invalid("Policy missing expiration.");
  if (conditions === undefined) throw invalid("Policy missing conditions.");
  if (!Array.isArray(conditions)) throw invalid("Invalid 'conditions' value: must be a List.");
  return { expiresAt: parseExpiration(expiration), conditions: conditions.map(parseCondition) };
}

function parseObject(base64: string): object {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(base64, "base64").toString("utf8"));
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return parsed;
  } catch {
    throw invalid("Invalid JSON.");
  }
  throw invalid("Invalid JSON.");
}

function parseExpiration(expiration: unknown): number {
  const time = z.iso.datetime().safeParse(expiration);
  if (time.success) return Date.parse(time.data);
  throw invalid(`Invalid 'expiration' value: '${expiration}'`);
}

function parseCondition(condition: unknown): Condition {
  if (Array.isArray(condition)) return parseListCondition(condition);
  if (typeof condition !== "object" || condition === null) throw invalid("Invalid Condition: must be a Map or a List.");
  const [entry, ...others] = Object.entries(condition);
  if (!entry || others.length > 0) {
    throw invalid("Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.");
  }
  const [name, value] = entry;
  if (typeof value !== "string") throw invalid("Invalid Simple-Condition: value must be a string.");
  return { operator: "eq", field: `$${name}`, value };
}

function parseListCondition(condition: unknown[]): Condition {
  const range = rangeCondition.safeParse(condition);
  if (range.success) {
    const [, leastBytes, mostBytes] = range.data;
    return { operator: "content-length-range", leastBytes, mostBytes };
  }
  const list = listCondition.safeParse(condition);
  const operator = list.data?.[0].toLowerCase();
  if (list.success && (operator === "eq" || operator === "starts-with")) {
    return { operator, field: list.data[1], value: list.data[2] };
  }
  throw invalid(`Invalid Condition: ${JSON.stringify(condition)}`);
}

const uncovered = /^(policy|x-amz-signature|file|x-ignore-.*)$/;

/** Throws unless the form is what its policy allows: in time, each condition true, no field but those it speaks of. */
export function checkForm(
  { expiresAt, conditions }: PostPolicy,
  { fields, now }: { fields: ReadonlyMap<string, string>; now: number },
): void {
  if (now > expiresAt) throw refused("Policy expired.");
  const covered = new Set<string>();
  for (const condition of conditions) {
    if (condition.operator === "content-length-range") continue;
    const { operator, field, value } = condition;
    const name = field.slice(1).toLowerCase();
    covered.add(name);
    if (!field.startsWith("$") || !holds(condition, fields.get(name) ?? "")) {
      throw refused(`Policy Condition failed: ["${operator}", "${field}", "${value}"]`);
    }
  }
  const extra = [...fields.keys()].filter((name) => !covered.has(name) && !uncovered.test(name));
  if (extra.length > 0) throw refused(`Extra input fields: ${extra.join(", ")}`);
}

function holds({ operator, field, value }: { operator: string; field: string; value: string }, actual: string) {
  if (operator === "eq") return actual === value;
  // A list of content types is within a beginning when each of them is.
  const parts = field.toLowerCase() === "$content-type" ? actual.split(",").map((part) => part.trim()) : [actual];
  return parts.every((part) => part.startsWith(value));
}

/** How long the file may be; all ranges must hold. */
export function allowedBytes({ conditions }: PostPolicy): { least: number; most: number } {
  const ranges = conditions.filter((condition) => condition.operator === "content-length-range");
  return {
    least: Math.max(0, ...ranges.map(({ leastBytes }) => leastBytes)),
    most: Math.min(5 * 1024 ** 3, ...ranges.map(({ mostBytes }) => mostBytes)),
  };
}
