import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { serviceNames } from "../service-names.ts";

const workflow = (name: string) =>
  readFileSync(new URL(`../../.github/workflows/${name}.yml`, import.meta.url), "utf8");
const { scripts } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));

test("every service has a job of its own in the deploy", () => {
  expect(workflow("deploy")).toContain(`service: [${serviceNames.join(", ")}]`);
});

test("workflows run scripts that there are", () => {
  const run = ["check", "deploy"].flatMap((name) =>
    [...workflow(name).matchAll(/npm (?:run )?([\w:]+)/g)].map(([, script]) => script),
  );
  expect(run.filter((script) => script !== "ci" && script !== "test")).not.toEqual([]);
  for (const script of run) if (script !== "ci") expect(Object.keys(scripts)).toContain(script);
});

test("no workflow keeps a secret of VSL", () => {
  for (const name of ["check", "deploy"]) expect(workflow(name)).not.toContain("secrets.");
});
