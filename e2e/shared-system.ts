import type { TestProject } from "vitest/node";
import { type Addresses, makeDataDir, startSystem } from "./system.ts";

declare module "vitest" {
  interface ProvidedContext {
    system: Addresses;
  }
}

/** One system for all files that neither break it nor need it empty: booting takes longer than most of them. */
export default async function startShared(project: TestProject) {
  const { dataDir, remove } = await makeDataDir();
  const { stop, kill9: _, ...addresses } = await startSystem({ dataDir });
  project.provide("system", addresses);
  return async () => {
    await stop();
    await remove();
  };
}
