import { describe, expect, test } from "vitest";
import { compilePattern } from "./compile-pattern.ts";
import { flattenEvent } from "./flatten-event.ts";

const matches = (pattern: unknown, event: unknown) => compilePattern(JSON.stringify(pattern))(flattenEvent(event));
const field = (...members: unknown[]) => ({ field: members });

describe("an event matches", () => {
  test.each<[what: string, members: unknown[], value: unknown]>([
    ["the exact text", ["a", "b"], "b"],
    ["the empty text", [""], ""],
    ["null", [null], null],
    ["a boolean", [true], true],
    ["a number however it is written", [300], 300.0],
    ["any element of an array", ["b"], ["a", "b"]],
    ["an element of a nested array", ["b"], [["a"], [["b"]]]],
    ["exactly", [{ exactly: "a" }], "a"],
    ["prefix", [{ prefix: "ab" }], "abc"],
    ["prefix whatever the case", [{ prefix: { "equals-ignore-case": "aB" } }], "AbC"],
    ["suffix", [{ suffix: ".png" }], "a.png"],
    ["suffix whatever the case", [{ suffix: { "equals-ignore-case": ".PNG" } }], "a.png"],
    ["equals-ignore-case", [{ "equals-ignore-case": "ALPHA" }], "alpha"],
    ["wildcard in the middle", [{ wildcard: "a*c" }], "a-b-c"],
    ["wildcard for nothing", [{ wildcard: "a*c" }], "ac"],
    ["wildcards around a text that repeats", [{ wildcard: "*ab*ab" }], "abxabab"],
    ["an escaped star", [{ wildcard: "a\\*b*" }], "a*bcd"],
    ["an escaped backslash", [{ wildcard: "a\\\\*" }], "a\\b"],
    ["anything but a text", [{ "anything-but": "a" }], "b"],
    ["anything but a text, when it is a number", [{ "anything-but": "1" }], 1],
    ["anything but a text, when it is null", [{ "anything-but": "a" }], null],
    ["anything but a list", [{ "anything-but": ["a", "b"] }], "c"],
    ["anything but numbers", [{ "anything-but": [1, 2] }], 3],
    ["anything but, by one element of an array", [{ "anything-but": ["a"] }], ["a", "b"]],
    ["anything but a prefix", [{ "anything-but": { prefix: "a" } }], "ba"],
    ["anything but prefixes, when it is a number", [{ "anything-but": { prefix: ["1", "2"] } }], 1],
    ["anything but suffixes", [{ "anything-but": { suffix: [".a", ".b"] } }], "x.c"],
    ["anything but wildcards", [{ "anything-but": { wildcard: ["*/lib/*", "*/bin/*"] } }], "a/src/b"],
    ["anything but, whatever the case", [{ "anything-but": { "equals-ignore-case": ["A", "B"] } }], "c"],
    ["numeric =", [{ numeric: ["=", 3.018e2] }], 301.8],
    ["numeric range", [{ numeric: [">", 0, "<=", 5] }], 5],
    ["numeric >=", [{ numeric: [">=", 5] }], 5],
    ["exists", [{ exists: true }], null],
    ["cidr v4", [{ cidr: "10.0.0.0/24" }], "10.0.0.255"],
    ["cidr v6", [{ cidr: "2001:db8::/32" }], "2001:db8:ffff::1"],
    ["any one of several matchers", ["x", { prefix: "a" }, { numeric: ["<", 0] }], -1],
  ])("%s", (_, members, value) => {
    expect(matches(field(...members), { field: value })).toBe(true);
  });
});

describe("an event does not match", () => {
  test.each<[what: string, members: unknown[], value: unknown]>([
    ["another text", ["a"], "b"],
    ["a number by its digits as text", ["300"], 300],
    ["a text of digits by a number", [300], "300"],
    ["a boolean by its name", ["true"], true],
    ["null by an empty array", [null], []],
    ["exists on an object, which is no leaf", [{ exists: true }], { a: 1 }],
    ["exists on an empty array", [{ exists: true }], []],
    ["exists false where there is a value", [{ exists: false }], null],
    ["a prefix of a number", [{ prefix: "1" }], 12],
    ["a wildcard whose ends would overlap", [{ wildcard: "aba*aba" }], "aba"],
    ["a wildcard whose middle would overlap its end", [{ wildcard: "*ab*ab" }], "ab"],
    ["a wildcard with a part missing", [{ wildcard: "*a*b*" }], "ba"],
    ["anything but a value it has", [{ "anything-but": ["a", "b"] }], "b"],
    ["anything but wildcard it fits", [{ "anything-but": { wildcard: "*.txt" } }], "a.txt"],
    ["anything but, whatever the case", [{ "anything-but": { "equals-ignore-case": "A" } }], "a"],
    ["a number outside the range", [{ numeric: [">", 0, "<", 5] }], 5],
    ["a number beyond five billion", [{ numeric: [">", 0] }], 6e9],
    ["an address outside the block", [{ cidr: "10.0.0.0/24" }], "10.0.1.0"],
    ["an address below the one that the block is written with", [{ cidr: "10.0.0.9/24" }], "10.0.0.8"],
    ["a text that is no address", [{ cidr: "10.0.0.0/24" }], "bad"],
    ["an address of the other family", [{ cidr: "::/64" }], "0.0.0.1"],
  ])("%s", (_, members, value) => {
    expect(matches(field(...members), { field: value })).toBe(false);
  });
});

test("a missing field matches exists false, and no anything-but", () => {
  expect(matches(field({ exists: false }), { other: 1 })).toBe(true);
  expect(matches(field({ "anything-but": "a" }), { other: 1 })).toBe(false);
  expect(matches(field({ "anything-but": "a" }, { exists: false }), { other: 1 })).toBe(true);
});

test("a dot in a name joins, in the pattern as in the event", () => {
  const nested = { detail: { state: { status: ["on"] } } };
  expect(matches(nested, { detail: { "state.status": "on" } })).toBe(true);
  expect(matches({ detail: { "state.status": ["on"] } }, { detail: { state: { status: "on" } } })).toBe(true);
  expect(matches(nested, { detail: { "state.status": { status: "on" } } })).toBe(false);
});

test("fields of array elements count together only from the same element", () => {
  const pattern = { people: { first: ["Anna"], last: ["Weber"] } };
  expect(matches(pattern, { people: [{ first: "Anna", last: "Weber" }, { first: "Max" }] })).toBe(true);
  expect(
    matches(pattern, {
      people: [
        { first: "Anna", last: "Roth" },
        { first: "Max", last: "Weber" },
      ],
    }),
  ).toBe(false);
});

test("elements of different arrays count together", () => {
  expect(matches({ a: { x: [1] }, b: { y: [2] } }, { a: [{ x: 0 }, { x: 1 }], b: [{ y: 2 }, { y: 3 }] })).toBe(true);
});

describe("$or", () => {
  const pattern = {
    source: ["s"],
    $or: [{ metric: ["a"] }, { kind: ["k"], space: ["x", "y"] }],
  };

  test("needs one alternative and all that stands beside it", () => {
    expect(matches(pattern, { source: "s", metric: "a" })).toBe(true);
    expect(matches(pattern, { source: "s", kind: "k", space: "y" })).toBe(true);
    expect(matches(pattern, { source: "s", kind: "k" })).toBe(false);
    expect(matches(pattern, { source: "other", metric: "a" })).toBe(false);
  });

  test("overrides the same field before it, as AWS's rule engine does", () => {
    const overriding = { a: [1], $or: [{ a: [2] }, { b: [3] }] };
    expect(matches(overriding, { a: 2 })).toBe(true);
    expect(matches(overriding, { a: 1, b: 3 })).toBe(true);
    expect(matches(overriding, { a: 1 })).toBe(false);
  });

  test("nests, and multiplies with another", () => {
    const nested = { d: { $or: [{ x: [1] }, { $or: [{ y: [2] }, { z: [3] }] }] }, $or: [{ p: [1] }, { q: [1] }] };
    expect(matches(nested, { d: { z: 3 }, q: 1 })).toBe(true);
    expect(matches(nested, { d: { z: 3 } })).toBe(false);
  });

  test("is refused when its alternatives multiply without bound", () => {
    const ten = (name: string) => Array.from({ length: 10 }, (_, value) => ({ [name]: [value] }));
    const huge = { a: { $or: ten("x") }, b: { $or: ten("x") }, c: { $or: ten("x") }, d: { $or: ten("x") } };
    expect(() => compilePattern(JSON.stringify(huge))).toThrow("Rule is too complex");
  });
});

describe("a pattern is refused with AWS's reason", () => {
  test.each<[pattern: unknown, reason: string]>([
    [["a"], "Filter is not an object"],
    [{}, "Empty objects are not allowed"],
    [{ detail: {} }, "Empty objects are not allowed"],
    [{ int: 42 }, '"int" must be an object or an array'],
    [{ string: "a" }, '"string" must be an object or an array'],
    [{ a: [] }, "Empty arrays are not allowed"],
    [{ a: [["b"]] }, "Match value must be String, number, true, false, or null"],
    [{ a: [{}] }, "Match expression name not found"],
    [{ a: [{ EXISTS: true }] }, "Unrecognized match type EXISTS"],
    [{ a: [{ exists: 1 }] }, "exists match pattern must be either true or false."],
    [{ a: [{ prefix: "a", suffix: "b" }] }, "Only one key allowed in match expression"],
    [{ a: [{ prefix: 1 }] }, "prefix match pattern must be a string"],
    [{ a: [{ suffix: ["a"] }] }, "suffix match pattern must be a string"],
    [{ a: [{ prefix: { wildcard: "a" } }] }, "Unsupported prefix pattern: wildcard"],
    [{ a: [{ "equals-ignore-case": ["a"] }] }, "equals-ignore-case match pattern must be a string"],
    [{ a: [{ wildcard: 1 }] }, "wildcard match pattern must be a string"],
    [{ a: [{ wildcard: "é**" }] }, "Consecutive wildcard characters at pos 3"],
    [{ a: [{ wildcard: "a\\b" }] }, "Invalid escape character at pos 2"],
    [{ a: [{ "anything-but": null }] }, "Value of anything-but must be an array or single string/number value."],
    [{ a: [{ "anything-but": ["a", 1] }] }, "Inside anything but list, either all values are number or string"],
    [{ a: [{ "anything-but": [true] }] }, "Inside anything but list, start|null|boolean is not supported."],
    [{ a: [{ "anything-but": { cidr: "a" } }] }, "Unsupported anything-but pattern: cidr"],
    [{ a: [{ "anything-but": { prefix: "" } }] }, "Null prefix/suffix not allowed"],
    [{ a: [{ "anything-but": { prefix: [1] } }] }, "prefix/suffix match pattern must be a string"],
    [
      { a: [{ "anything-but": { "equals-ignore-case": 1 } }] },
      "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.",
    ],
    [{ a: [{ numeric: 5 }] }, "Value of numeric must be an array."],
    [{ a: [{ numeric: [5] }] }, "Invalid member in numeric match: 5"],
    [{ a: [{ numeric: ["=="] }] }, "Unrecognized numeric range operator: =="],
    [{ a: [{ numeric: ["="] }] }, "Value of equals must be numeric"],
    [{ a: [{ numeric: [">", 0, ">", 0] }] }, "Bad numeric range operator: >"],
    [{ a: [{ numeric: [">", 0, "<"] }] }, "Value of < must be numeric"],
    [{ a: [{ numeric: [">", 5, "<", 5] }] }, "Bottom must be less than top"],
    [{ a: [{ numeric: ["<", 5, ">", 0] }] }, "Too many elements in numeric expression"],
    [{ a: [{ numeric: [">", 0, "<", 5, "<", 6] }] }, "Too many terms in numeric range expression"],
    [{ a: [{ numeric: ["<", 5_000_000_001] }] }, "Value must be between -5.0E9 and 5.0E9, inclusive"],
    [{ a: [{ cidr: "10.0.0.0" }] }, "Malformed CIDR, one '/' required"],
    [{ a: [{ cidr: "10.0.0.0/x" }] }, "Malformed CIDR, mask bits must be an integer"],
    [{ a: [{ cidr: "10.0.0.0/-1" }] }, "Malformed CIDR, mask bits must not be negative"],
    [{ a: [{ cidr: "10.0.0.0/32" }] }, "IPv4 mask bits must be < 32"],
    [{ a: [{ cidr: "::1/128" }] }, "IPv6 mask bits must be < 128"],
    [{ a: [{ cidr: "bad/24" }] }, "Nonstandard IP address: bad"],
    [{ $or: { a: [1] } }, "It must be an Array followed with $or."],
    [{ $or: [{ a: [1] }] }, "There must have at least 2 Objects in $or relationship."],
    [{ $or: [1, 2] }, "Only JSON object is allowed in array of $or relationship."],
    [{ $or: [{ prefix: ["a"] }, { b: [1] }] }, "prefix is Ruler reserved fieldName which cannot be used inside $or."],
  ])("%j", (pattern, reason) => {
    expect(() => compilePattern(JSON.stringify(pattern))).toThrow(`Event pattern is not valid. Reason: ${reason}`);
  });

  test("text that is no JSON", () => {
    expect(() => compilePattern("{'a'}")).toThrow("Event pattern is not valid. Reason: Invalid JSON");
  });
});
