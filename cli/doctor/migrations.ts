import { bad, type Check, good } from "./check.ts";

interface MigrationsPorts {
  /** Names of those that the deployed ledger has and its database does not. Null where that ledger cannot tell. */
  listPending: () => Promise<readonly string[] | null>;
  /** Brings them in. */
  remedy: string;
}

export const migrationsCurrent = ({ listPending, remedy }: MigrationsPorts): Check => ({
  name: "ledger's migrations are current",
  async find() {
    const pending = await listPending();
    if (pending === null) return bad("the ledger that is deployed cannot tell", remedy);
    return pending.length === 0 ? good() : bad(`${pending.join(", ")} did not run`, remedy);
  },
});
