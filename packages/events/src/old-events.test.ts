import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { catalogue } from "./catalogue.ts";
import { parseDelivery } from "./delivered.ts";
import { readFixtures, replayArchive } from "./testing.ts";

const contracts = readdirSync(new URL("../contracts/", import.meta.url));
const fixtures = [...readFixtures()];

test.each(contracts)("%s has archived events of that version in fixtures/, for ever", (contract) => {
  expect(fixtures.map(([file]) => file)).toContain(contract.replace(".json", ".jsonl"));
});

test.each(fixtures)("%s can be heard today, whatever the version is by now", (file, bodies) => {
  expect(contracts).toContain(file.replace(".jsonl", ".json"));
  const [name = "", version] = file.replace(".jsonl", "").split(".v");
  for (const body of bodies) {
    const archived = JSON.parse(body);
    expect(archived).toMatchObject({ "detail-type": name, detail: { version: Number(version) } });
    // Its id is what deduplicates it: no version may change it.
    expect(parseDelivery(catalogue, body)).toMatchObject({ name, id: archived.detail.id, replayName: null });
  }
});

test("an archive of all of them replays in the order of their facts, and says that it does", () => {
  const names = catalogue.map(({ name }) => name);
  const replayed = replayArchive(names, "again").map((body) => parseDelivery(catalogue, body));
  expect(new Set(replayed.map(({ name }) => name))).toEqual(new Set(names));
  expect(new Set(replayed.map(({ replayName }) => replayName))).toEqual(new Set(["again"]));
  const times = replayed.map(({ occurredAt }) => occurredAt);
  expect(times).toEqual(times.toSorted());
});
