import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createGroupCommit } from "./group-commit.ts";

let database: DatabaseSync;
beforeEach(() => {
  database = new DatabaseSync(":memory:");
  database.exec("CREATE TABLE notes (text TEXT NOT NULL)");
});
afterEach(() => database.isOpen && database.close());
const write = (text: string | null) => database.prepare("INSERT INTO notes VALUES (?)").run(text);
const notes = () =>
  database
    .prepare("SELECT text FROM notes")
    .all()
    .map(({ text }) => text);

test("writes what arrives in one turn of the event loop in one transaction", async () => {
  const statements = vi.spyOn(database, "exec");
  const commit = createGroupCommit(database);
  await Promise.all(Array.from({ length: 100 }, (_, index) => commit(() => write(String(index)))));
  expect(statements.mock.calls.filter(([sql]) => sql === "COMMIT")).toHaveLength(1);
  expect(notes()).toHaveLength(100);
});

test("undoes a write that throws and keeps the others of its group", async () => {
  const commit = createGroupCommit(database);
  const outcomes = await Promise.allSettled([
    commit(() => write("one")),
    commit(() => {
      write("half");
      throw new Error("refused");
    }),
    commit(() => write("two")),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(notes()).toEqual(["one", "two"]);
});

test("answers nobody before the commit, so that a write may ask for another", async () => {
  const commit = createGroupCommit(database);
  const seen: string[] = [];
  const first = commit(() => void commit(() => write("later")).then(() => seen.push("later")));
  await first.then(() => seen.push("first"));
  await commit(() => undefined);
  expect(seen).toEqual(["first", "later"]);
});

test("refuses the whole group when it cannot be committed", async () => {
  const commit = createGroupCommit(database);
  const outcomes = Promise.allSettled([commit(() => write("one")), commit(() => write("two"))]);
  database.close();
  expect((await outcomes).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
});
