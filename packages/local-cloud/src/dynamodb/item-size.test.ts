import { expect, test } from "vitest";
import { database } from "./engine.ts";

test.each([
  [{ id: { S: "abc" } }, 5],
  [{ id: { S: "é€😀" } }, 2 + 2 + 3 + 4],
  [{ größe: { N: "100" } }, 7 + 2],
  [{ a: { SS: ["é", "b"] } }, 1 + 2 + 1],
  [{ a: { M: { é: { S: "é" } } } }, 1 + 3 + 1 + 2 + 2],
  [{ a: { L: [{ S: "é" }, { BOOL: true }] } }, 1 + 3 + 1 + 2 + 1 + 1],
  [{ a: { B: "w6k=" }, b: { NULL: true } }, 1 + 2 + 1 + 1],
])("an item is as large as its names and values in UTF-8: %j", (item, bytes) => {
  expect(database.itemSize(item)).toBe(bytes);
});
