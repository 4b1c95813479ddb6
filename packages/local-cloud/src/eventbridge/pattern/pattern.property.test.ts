import fc from "fast-check";
import { expect, test } from "vitest";
import { compilePattern } from "./compile-pattern.ts";
import { flattenEvent } from "./flatten-event.ts";
import { isObject } from "./scalar.ts";

/** Slow and plain: tries every way to pick one element out of each array, and looks the fields up in what is left. */
function referenceMatches(pattern: Record<string, unknown>, event: unknown): boolean {
  return choices(event).some((choice) => objectHolds(pattern, choice, event));
}

const nothing = Symbol("an array without elements");

function choices(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.length === 0 ? [nothing] : value.flatMap(choices);
  if (!isObject(value)) return [value];
  return Object.entries(value).reduce<Record<string, unknown>[]>(
    (partial, [name, member]) =>
      choices(member).flatMap((chosen) => partial.map((object) => ({ ...object, [name]: chosen }))),
    [{}],
  );
}

function objectHolds(pattern: Record<string, unknown>, choice: unknown, whole: unknown): boolean {
  return Object.entries(pattern).every(([name, wanted]) => {
    if (name === "$or" && Array.isArray(wanted)) {
      return wanted.some((alternative) => objectHolds(alternative, choice, whole));
    }
    const chosen = isObject(choice) && Object.hasOwn(choice, name) ? choice[name] : nothing;
    const everywhere = elements(whole).flatMap((object) =>
      isObject(object) && Object.hasOwn(object, name) ? [object[name]] : [],
    );
    if (Array.isArray(wanted)) return wanted.some((member) => memberHolds(member, chosen, everywhere));
    return isObject(wanted) && objectHolds(wanted, chosen, everywhere);
  });
}

/** The objects and scalars of arrays in arrays. */
const elements = (value: unknown): unknown[] => (Array.isArray(value) ? value.flatMap(elements) : [value]);

const isLeaf = (value: unknown) => value !== nothing && !isObject(value);

function memberHolds(member: unknown, chosen: unknown, everywhere: unknown[]): boolean {
  if (!isObject(member)) return isLeaf(chosen) && chosen === member;
  if (member["exists"] === false) return !elements(everywhere).some(isLeaf);
  return isLeaf(chosen) && operatorHolds(member, chosen);
}

function operatorHolds(member: Record<string, unknown>, value: unknown): boolean {
  const [operator, operand] = Object.entries(member)[0] ?? ["", undefined];
  const text = typeof value === "string" ? value : undefined;
  switch (operator) {
    case "exists":
      return true;
    case "prefix":
      return text !== undefined && new RegExp(`^${operand}`, "s").test(text);
    case "suffix":
      return text !== undefined && new RegExp(`${operand}$`, "s").test(text);
    case "equals-ignore-case":
      return text !== undefined && new RegExp(`^${operand}$`, "is").test(text);
    case "wildcard":
      return text !== undefined && new RegExp(`^${String(operand).replaceAll("*", ".*")}$`, "s").test(text);
    case "anything-but":
      if (isObject(operand)) return !operatorHolds(operand, value);
      return ![operand].flat().includes(value);
    case "numeric": {
      const [, low = 0, , high = 0] = Array.isArray(operand) ? operand : [];
      return typeof value === "number" && value > Number(low) && value <= Number(high);
    }
    default:
      throw new Error(`The reference does not know ${operator}.`);
  }
}

const letters = fc.string({ unit: fc.constantFrom("a", "b", "A", "1"), maxLength: 3 });
const scalar = fc.oneof(letters, fc.integer({ min: 0, max: 3 }), fc.boolean(), fc.constant(null));
const name = fc.constantFrom("k", "l", "m");
const wildcard = fc.array(letters, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("*").replace(/\*+/g, "*"));

const textOperator = fc.oneof(
  letters.map((prefix) => ({ prefix })),
  letters.map((suffix) => ({ suffix })),
  letters.map((text) => ({ "equals-ignore-case": text })),
  wildcard.map((text) => ({ wildcard: text })),
);
const member = fc.oneof(
  { weight: 3, arbitrary: scalar },
  textOperator,
  fc.boolean().map((exists) => ({ exists })),
  fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 2, max: 3 })).map(([low, high]) => ({
    numeric: [">", low, "<=", high],
  })),
  fc.array(letters, { minLength: 1, maxLength: 2 }).map((texts) => ({ "anything-but": texts })),
  fc.integer({ min: 0, max: 3 }).map((number) => ({ "anything-but": number })),
  textOperator
    .filter(
      (operator) =>
        !("prefix" in operator && operator.prefix === "") && !("suffix" in operator && operator.suffix === ""),
    )
    .map((operator) => ({ "anything-but": operator })),
);

const { event, fields } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", maxDepth: 3 },
    { weight: 3, arbitrary: scalar },
    fc.array(tie("value"), { maxLength: 3 }),
    tie("event"),
  ),
  event: fc.dictionary(name, tie("value"), { maxKeys: 3 }),
  field: fc.oneof(
    { depthSize: "small", maxDepth: 2 },
    { weight: 2, arbitrary: fc.array(member, { minLength: 1, maxLength: 3 }) },
    tie("fields"),
  ),
  fields: fc.dictionary(name, tie("field"), { minKeys: 1, maxKeys: 2 }),
}));
// Names of their own: inside $or, a field that is met again overrides instead of adding.
const alternatives = fc
  .array(fc.array(member, { minLength: 1, maxLength: 2 }), { minLength: 2, maxLength: 3 })
  .map((lists) => lists.map((list, index) => ({ [`o${index % 2}`]: list })));
const pattern = fc.oneof(
  { weight: 3, arbitrary: fields },
  fc.tuple(fields, alternatives).map(([object, $or]) => ({ ...Object(object), $or })),
);
const wholeEvent = fc
  .tuple(event, fc.option(scalar), fc.option(scalar))
  .map(([object, o0, o1]) => ({ ...Object(object), o0, o1 }));

// Lists of records, and patterns over two members of them: only here does it matter from which elements the leaves come.
const bit = fc.integer({ min: 0, max: 1 });
const record = fc.record({ l: fc.oneof(bit, fc.array(bit, { maxLength: 2 })), m: bit }, { requiredKeys: [] });
const records = fc.record({
  k: fc.array(fc.oneof(record, fc.array(record, { maxLength: 2 })), { maxLength: 3 }),
  l: bit,
});
const recordPattern = fc
  .tuple(bit, bit, fc.option(bit))
  .map(([l, m, outer]) => ({ k: { l: [l], m: [m] }, ...(outer === null ? {} : { l: [outer] }) }));

test.each([
  { what: "events of any shape", anyPattern: pattern, anyEvent: wholeEvent, runs: 15_000 },
  { what: "lists of records", anyPattern: recordPattern, anyEvent: records, runs: 5_000 },
])("agrees with a slow and plain reference on $what", ({ anyPattern, anyEvent, runs }) => {
  let matched = 0;
  fc.assert(
    fc.property<[object, object]>(anyPattern, anyEvent, (rule, candidate) => {
      const expected = referenceMatches({ ...rule }, candidate);
      matched += expected ? 1 : 0;
      expect(compilePattern(JSON.stringify(rule))(flattenEvent(candidate))).toBe(expected);
    }),
    { numRuns: runs, seed: 7, endOnFailure: true },
  );
  // The comparison means something only if both answers are frequent.
  expect(matched).toBeGreaterThan(runs / 20);
  expect(matched).toBeLessThan(runs * 0.95);
});
