import { describeJobTable } from "./job-table-suite.ts";
import { createMapCache } from "./map-cache.ts";
import { createMapTable } from "./map-table.ts";
import { createMapTurns } from "./map-turns.ts";
import { describeStatusCache } from "./status-cache-suite.ts";
import { describeTurns } from "./turns-suite.ts";

describeJobTable("a Map", async (options) => ({ table: createMapTable(options), stop: async () => {} }));
describeStatusCache("a Map", createMapCache);
describeTurns("a Map", createMapTurns);
