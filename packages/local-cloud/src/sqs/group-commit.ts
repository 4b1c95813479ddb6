import type { DatabaseSync } from "node:sqlite";

/** Runs `write` in a transaction and resolves once it is durable. What `write` throws undoes that write alone. */
export type Commit = <T>(write: () => T | Promise<T>) => Promise<T>;

interface Waiting {
  /** Runs the write inside the open transaction; the function that it returns tells the caller, after the commit. */
  run: () => () => void;
  fail: (error: unknown) => void;
}

/** Everything that arrives in one turn of the event loop shares one transaction, hence one sync of the disk. */
export function createGroupCommit(database: DatabaseSync): Commit {
  let waiting: Waiting[] = [];

  function attempt<T>(write: () => T): { value: T } | { error: unknown } {
    database.exec("SAVEPOINT one");
    try {
      return { value: write() };
    } catch (error) {
      database.exec("ROLLBACK TO one");
      return { error };
    } finally {
      database.exec("RELEASE one");
    }
  }

  function flush() {
    const group = waiting;
    waiting = [];
    const answers: (() => void)[] = [];
    try {
      database.exec("BEGIN IMMEDIATE");
      for (const { run } of group) answers.push(run());
      database.exec("COMMIT");
    } catch (error) {
      if (database.isOpen && database.isTransaction) database.exec("ROLLBACK");
      for (const { fail } of group) fail(error);
      return;
    }
    for (const answer of answers) answer();
  }

  return (write) =>
    new Promise((resolve, reject) => {
      const run = () => {
        const outcome = attempt(write);
        return () => ("error" in outcome ? reject(outcome.error) : resolve(outcome.value));
      };
      if (waiting.push({ run, fail: reject }) === 1) setImmediate(flush);
    });
}
