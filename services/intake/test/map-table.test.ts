import { describeJobTable } from "./job-table-suite.ts";
import { createMapTable } from "./map-table.ts";

describeJobTable("a Map", async (options) => ({ table: createMapTable(options), stop: async () => {} }));
