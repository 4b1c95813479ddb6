import { cidrTest } from "./cidr.ts";
import { invalidPattern } from "./invalid-pattern.ts";
import { numericTest } from "./numeric.ts";
import { isObject, isScalar, type Scalar } from "./scalar.ts";
import { wildcardTest } from "./wildcard.ts";

/** One member of a field's list: the field must be missing, or one of its values must pass the test. */
export type Matcher = { kind: "absent" } | { kind: "value"; test: (value: Scalar) => boolean };

type TextTest = (text: string) => boolean;

const onText = (test: TextTest) => (value: Scalar) => typeof value === "string" && test(value);

export function parseMatcher(member: unknown): Matcher {
  if (isScalar(member)) return { kind: "value", test: (value) => value === member };
  if (!isObject(member)) throw invalidPattern("Match value must be String, number, true, false, or null");
  const [operator, operand] = onlyEntry(member, "Match expression name not found");
  if (operator === "exists") {
    if (typeof operand !== "boolean") throw invalidPattern("exists match pattern must be either true or false.");
    return operand ? { kind: "value", test: () => true } : { kind: "absent" };
  }
  return { kind: "value", test: valueTest(operator, operand) };
}

function valueTest(operator: string, operand: unknown): (value: Scalar) => boolean {
  switch (operator) {
    case "exactly":
      return onText(equals(readText(operand, "exact match pattern must be a string")));
    case "equals-ignore-case":
      return onText(equalsIgnoreCase(readText(operand, "equals-ignore-case match pattern must be a string")));
    case "prefix":
    case "suffix":
      return onText(affixTest(operator, operand));
    case "wildcard":
      return onText(wildcardTest(readText(operand, "wildcard match pattern must be a string")));
    case "numeric":
      return numericTest(operand);
    case "cidr":
      return cidrTest(readText(operand, "prefix match pattern must be a string"));
    case "anything-but":
      return anythingButTest(operand);
    default:
      throw invalidPattern(`Unrecognized match type ${operator}`);
  }
}

function affixTest(operator: "prefix" | "suffix", operand: unknown): TextTest {
  if (!isObject(operand)) {
    const affix = readText(operand, `${operator} match pattern must be a string`);
    return hasAffix(operator, affix);
  }
  const title = operator === "prefix" ? "Prefix" : "Suffix";
  const [nested, text] = onlyEntry(operand, `${title} expression name not found`);
  if (nested !== "equals-ignore-case") throw invalidPattern(`Unsupported ${operator} pattern: ${nested}`);
  const affix = readText(text, "equals-ignore-case match pattern must be a string").toLowerCase();
  const test = hasAffix(operator, affix);
  return (value) => test(value.toLowerCase());
}

/** True for every value, of any type, that is not excluded; a missing field has no value. */
function anythingButTest(operand: unknown): (value: Scalar) => boolean {
  if (isObject(operand)) {
    const [operator, excluded] = onlyEntry(operand, "Anything-But expression name not found");
    const makeTest = anythingButOperators.get(operator);
    if (makeTest === undefined) throw invalidPattern(`Unsupported anything-but pattern: ${operator}`);
    const tests = readExcluded(excluded).map(makeTest);
    return (value) => typeof value !== "string" || !tests.some((test) => test(value));
  }
  const excluded = readExcluded(operand);
  if (!excluded.every((value) => typeof value === "string" || typeof value === "number")) {
    throw invalidPattern("Inside anything but list, start|null|boolean is not supported.");
  }
  if (new Set(excluded.map((value) => typeof value)).size !== 1) {
    throw invalidPattern(
      "Inside anything but list, either all values are number or string, mixed type is not supported",
    );
  }
  const values = new Set<Scalar>(excluded);
  return (value) => !values.has(value);
}

const anythingButOperators = new Map<string, (operand: unknown) => TextTest>([
  ["prefix", (operand) => hasAffix("prefix", readAffix(operand))],
  ["suffix", (operand) => hasAffix("suffix", readAffix(operand))],
  ["wildcard", (operand) => wildcardTest(readText(operand, "wildcard match pattern must be a string"))],
  [
    "equals-ignore-case",
    (operand) =>
      equalsIgnoreCase(
        readText(operand, "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported."),
      ),
  ],
]);

function readExcluded(operand: unknown): unknown[] {
  if (Array.isArray(operand)) return operand;
  if (typeof operand === "string" || typeof operand === "number") return [operand];
  throw invalidPattern("Value of anything-but must be an array or single string/number value.");
}

function readAffix(operand: unknown): string {
  const affix = readText(operand, "prefix/suffix match pattern must be a string");
  if (affix === "") throw invalidPattern("Null prefix/suffix not allowed");
  return affix;
}

function readText(operand: unknown, reason: string): string {
  if (typeof operand !== "string") throw invalidPattern(reason);
  return operand;
}

function onlyEntry(object: Record<string, unknown>, reasonIfEmpty: string): [string, unknown] {
  const [entry, ...others] = Object.entries(object);
  if (entry === undefined) throw invalidPattern(reasonIfEmpty);
  if (others.length > 0) throw invalidPattern("Only one key allowed in match expression");
  return entry;
}

const equals =
  (wanted: string): TextTest =>
  (text) =>
    text === wanted;

function equalsIgnoreCase(wanted: string): TextTest {
  const lower = wanted.toLowerCase();
  return (text) => text.toLowerCase() === lower;
}

const hasAffix =
  (operator: "prefix" | "suffix", affix: string): TextTest =>
  (text) =>
    operator === "prefix" ? text.startsWith(affix) : text.endsWith(affix);
