import { expect, test } from "vitest";
import { models } from "./catalogue.ts";
import { collections } from "./collections.ts";
import { findBest } from "./search-models.ts";

const found = (query: string) => findBest(models, query).map(({ item }) => item.name);

test("what has the words in its name comes before what speaks of them", () => {
  expect(found("music generation")).toEqual(["google/lyria-2"]);
  expect(found('"flux-dev"')[0]).toBe("black-forest-labs/flux-dev");
  expect(found("diffusion")[0]).toBe("stability-ai/stable-diffusion");
});

test("nothing fits a word that is nowhere, nor a query without words", () => {
  expect(found("image of a zebra crossing")).toEqual([]);
  expect(found(" ")).toEqual([]);
});

test("every model of a collection is there", () => {
  const names = models.map(({ name }) => name);
  for (const { models: chosen } of collections) expect(names).toEqual(expect.arrayContaining([...chosen]));
});
