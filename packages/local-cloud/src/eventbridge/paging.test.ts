import { expect, test } from "vitest";
import { pageOf } from "./paging.ts";

const letters = ["a", "b", "c", "d", "e"];
const itself = (letter: string) => letter;

test("pages through a list to its end without a token on the last page", () => {
  const first = pageOf(letters, itself, { Limit: 2 });
  const second = pageOf(letters, itself, { Limit: 2, NextToken: first.NextToken });
  const third = pageOf(letters, itself, { Limit: 2, NextToken: second.NextToken });
  expect([first.page, second.page, third.page]).toEqual([["a", "b"], ["c", "d"], ["e"]]);
  expect(third.NextToken).toBeUndefined();
});

test("gives no token when the page ends exactly at the end", () => {
  expect(pageOf(letters, itself, { Limit: 5 }).NextToken).toBeUndefined();
});

test("a token still works after the item that it named is gone", () => {
  const { NextToken } = pageOf(letters, itself, { Limit: 2 });
  expect(pageOf(["a", "c", "d"], itself, { Limit: 2, NextToken }).page).toEqual(["c", "d"]);
});

test("refuses a token that it never gave", () => {
  expect(() => pageOf(letters, itself, { NextToken: "what" })).toThrow("NextToken");
});
