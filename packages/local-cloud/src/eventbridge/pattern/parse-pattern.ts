import { invalidPattern } from "./invalid-pattern.ts";
import { type Matcher, parseMatcher } from "./matcher.ts";
import { isObject } from "./scalar.ts";

/** A branch asks for all of its fields, keyed by dotted path; a field asks for any of its matchers. */
export type Branch = ReadonlyMap<string, Matcher[]>;

/** Alternatives multiply; AWS refuses what grows past this, and so memory stays bounded. */
const MAXIMUM_BRANCHES = 1_000;

const operators = [
  "exactly",
  "equals-ignore-case",
  "prefix",
  "suffix",
  "anything-but",
  "exists",
  "wildcard",
  "numeric",
];
const reservedInsideOr = new Set([
  ...operators,
  "cidr",
  "=",
  "<",
  "<=",
  ">",
  ">=",
  "regex",
  "not-wildcard",
  "not-equals-ignore-case",
  "date-after",
  "date-on-or-after",
  "date-before",
  "date-on-or-before",
  "in-date-range",
  "ip-address-in-range",
  "ip-address-not-in-range",
]);

/**
 * Reads a pattern as AWS's rule compiler does: `$or` forks the branches met so far, and a field that is met again
 * replaces the earlier one, so a field inside `$or` overrides the same field before it.
 */
export function parsePattern(json: string): Branch[] {
  let pattern: unknown;
  try {
    pattern = JSON.parse(json);
  } catch {
    throw invalidPattern("Invalid JSON");
  }
  if (!isObject(pattern)) throw invalidPattern("Filter is not an object");
  return addObject([new Map()], "", pattern, "outside");
}

function addObject(branches: Branch[], path: string, object: Record<string, unknown>, place: Place): Branch[] {
  const entries = Object.entries(object);
  if (entries.length === 0) throw invalidPattern("Empty objects are not allowed");
  return entries.reduce((soFar, [name, value]) => {
    if (name === "$or") return addAlternatives(soFar, path, value);
    if (place === "inside $or" && reservedInsideOr.has(name)) {
      throw invalidPattern(`${name} is Ruler reserved fieldName which cannot be used inside $or.`);
    }
    const fieldPath = path === "" ? name : `${path}.${name}`;
    if (Array.isArray(value)) return addField(soFar, fieldPath, value);
    if (isObject(value)) return addObject(soFar, fieldPath, value, place);
    throw invalidPattern(`"${name}" must be an object or an array`);
  }, branches);
}

type Place = "outside" | "inside $or";

function addAlternatives(branches: Branch[], path: string, alternatives: unknown): Branch[] {
  if (!Array.isArray(alternatives)) throw invalidPattern("It must be an Array followed with $or.");
  const forked = alternatives.flatMap((alternative: unknown) => {
    if (!isObject(alternative)) throw invalidPattern("Only JSON object is allowed in array of $or relationship.");
    return addObject(branches, path, alternative, "inside $or");
  });
  if (alternatives.length < 2) throw invalidPattern("There must have at least 2 Objects in $or relationship.");
  if (forked.length > MAXIMUM_BRANCHES) throw invalidPattern("Rule is too complex");
  return forked;
}

function addField(branches: Branch[], path: string, members: unknown[]): Branch[] {
  if (members.length === 0) throw invalidPattern("Empty arrays are not allowed");
  const matchers = members.map(parseMatcher);
  return branches.map((branch) => new Map(branch).set(path, matchers));
}
