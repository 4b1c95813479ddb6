import { invalidPattern } from "./invalid-pattern.ts";
import type { Scalar } from "./scalar.ts";

/** AWS compares no number beyond this, neither in a pattern nor in an event. */
const LIMIT = 5e9;

const comparisons = new Map<string, (value: number, bound: number) => boolean>([
  ["=", (value, bound) => value === bound],
  [">", (value, bound) => value > bound],
  [">=", (value, bound) => value >= bound],
  ["<", (value, bound) => value < bound],
  ["<=", (value, bound) => value <= bound],
]);

/** `["=", 5]`, `["<", 10]`, `[">", 0, "<=", 5]`. */
export function numericTest(terms: unknown): (value: Scalar) => boolean {
  if (!Array.isArray(terms)) throw invalidPattern("Value of numeric must be an array.");
  const [operator, bound, ...range]: unknown[] = terms;
  if (typeof operator !== "string") throw invalidPattern(`Invalid member in numeric match: ${String(operator)}`);
  const compare = comparisons.get(operator);
  if (compare === undefined) throw invalidPattern(`Unrecognized numeric range operator: ${operator}`);
  const low = readBound(operator, bound);
  const within = (value: Scalar) => typeof value === "number" && Math.abs(value) <= LIMIT && compare(value, low);
  if (range.length === 0) return within;
  if (!operator.startsWith(">")) throw invalidPattern("Too many elements in numeric expression");
  const below = upperTest(low, range);
  return (value) => within(value) && typeof value === "number" && below(value);
}

function upperTest(low: number, [operator, bound, ...rest]: unknown[]): (value: number) => boolean {
  if (typeof operator !== "string") throw invalidPattern(`Bad value in numeric range: ${String(operator)}`);
  const compare = operator.startsWith("<") ? comparisons.get(operator) : undefined;
  if (compare === undefined) throw invalidPattern(`Bad numeric range operator: ${operator}`);
  const high = readBound(operator, bound);
  if (rest.length > 0) throw invalidPattern("Too many terms in numeric range expression");
  if (low >= high) throw invalidPattern("Bottom must be less than top");
  return (value) => compare(value, high);
}

function readBound(operator: string, bound: unknown): number {
  if (typeof bound !== "number") {
    throw invalidPattern(`Value of ${operator === "=" ? "equals" : operator} must be numeric`);
  }
  if (Math.abs(bound) > LIMIT) throw invalidPattern("Value must be between -5.0E9 and 5.0E9, inclusive");
  return bound;
}
