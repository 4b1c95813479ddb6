import { expect, test } from "vitest";
import { globToRegExp } from "./glob.ts";

test.each([
  ["*", "any\nthing", true],
  ["job:*:status", "job:1:status", true],
  ["job:*:status", "job:1:state", false],
  ["h?llo", "hallo", true],
  ["h?llo", "hllo", false],
  ["h[ae]llo", "hello", true],
  ["h[^e]llo", "hello", false],
  ["h[a-c]llo", "hbllo", true],
  ["h[c-a]llo", "hbllo", true],
  ["a.c", "abc", false],
  ["a\\*c", "a*c", true],
  ["a\\*c", "abc", false],
  ["[\\]]", "]", true],
  ["[ab", "b", true],
  ["\xff*", "\xff\x00", true],
])("%j matches %j: %s", (pattern, key, expected) => {
  expect(globToRegExp(pattern).test(key)).toBe(expected);
});
