import { linkCache } from "../cache";
import { localCache, localDatabase } from "./addresses";

let made: ReturnType<typeof makeDatabases> | undefined;

/** `sst dev` runs the databases on this machine, in a tab of its own. */
function makeDatabases() {
  new sst.x.DevCommand("Databases", {
    dev: { title: "Databases", autostart: true, command: "npm run -s dev:databases" },
  });
  return {
    database: { link: new sst.Linkable("Database", { properties: localDatabase }) },
    cache: linkCache(localCache),
  };
}

/** The same however often they are asked for. */
export function localDatabases() {
  made ??= makeDatabases();
  return made;
}
