import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { catalogue } from "./catalogue.ts";
import { contractFile, contractOf } from "./contracts.ts";

const folder = new URL("../contracts/", import.meta.url);

test.each(catalogue.map((event) => [contractFile(event), event] as const))(
  "%s is what the code says; if the change is meant, run `npm run docs:events`, and raise the version unless it only adds",
  (file, event) => {
    expect(contractOf(event)).toBe(readFileSync(new URL(file, folder), "utf8"));
  },
);

test("every published version can still be read: its event is there, at that version or with the way up from it", () => {
  for (const file of readdirSync(folder)) {
    const [name, version = ""] = file.replace(".json", "").split(".v");
    const event = catalogue.find((candidate) => candidate.name === name);
    expect(event, `${file} has no event any more`).toBeDefined();
    expect(Number(version)).toBeLessThanOrEqual(event?.version ?? 0);
  }
});
