import { z } from "zod";
import { matchesArn, matchesWildcard } from "./wildcard.ts";

const values = z.union([z.string(), z.boolean(), z.number()]).transform(String);
const conditionsSchema = z.record(
  z.string(),
  z.record(z.string(), z.union([values.array(), values.transform((value) => [value])])),
);

export type Judgement = { met: boolean } | { unknown: string };

type Compare = (wanted: string, actual: string) => boolean;

const sameText: Compare = (wanted, actual) => wanted === actual;
const sameIgnoringCase: Compare = (wanted, actual) => wanted.toLowerCase() === actual.toLowerCase();

const operators = new Map<string, { compare: Compare; negated?: true }>([
  ["StringEquals", { compare: sameText }],
  ["StringNotEquals", { compare: sameText, negated: true }],
  ["StringEqualsIgnoreCase", { compare: sameIgnoringCase }],
  ["StringNotEqualsIgnoreCase", { compare: sameIgnoringCase, negated: true }],
  ["StringLike", { compare: matchesWildcard }],
  ["StringNotLike", { compare: matchesWildcard, negated: true }],
  ["ArnEquals", { compare: matchesArn }],
  ["ArnNotEquals", { compare: matchesArn, negated: true }],
  ["ArnLike", { compare: matchesArn }],
  ["ArnNotLike", { compare: matchesArn, negated: true }],
  ["Bool", { compare: sameIgnoringCase }],
]);

/** Judges a statement's `Condition`. What is not known here is said, and never taken for met. */
export function judgeConditions(conditions: unknown, context: Readonly<Record<string, string | undefined>>): Judgement {
  const parsed = conditionsSchema.safeParse(conditions ?? {});
  if (!parsed.success) return { unknown: "a condition of another form than IAM's" };
  const known = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]));
  let met = true;
  for (const [written, keys] of Object.entries(parsed.data)) {
    const operator = operators.get(written.replace(/IfExists$/, ""));
    if (!operator) return { unknown: `the condition operator ${written}` };
    for (const [key, wanted] of Object.entries(keys)) {
      if (!known.has(key.toLowerCase())) return { unknown: `the condition key ${key}` };
      const actual = known.get(key.toLowerCase());
      met &&= holds({ ...operator, ifExists: written.endsWith("IfExists") }, wanted, actual);
    }
  }
  return { met };
}

function holds(
  { compare, negated = false, ifExists }: { compare: Compare; negated?: boolean; ifExists: boolean },
  wanted: string[],
  actual: string | undefined,
): boolean {
  if (actual === undefined) return negated || ifExists;
  return wanted.some((value) => compare(value, actual)) !== negated;
}
