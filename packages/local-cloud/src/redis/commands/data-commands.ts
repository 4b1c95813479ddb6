import type { Command } from "./arguments.ts";
import { hashCommands } from "./hashes.ts";
import { keyCommands } from "./keys.ts";
import { sortedSetCommands } from "./sorted-sets.ts";
import { stringCommands } from "./strings.ts";

/** The commands that read and write one database, by their names. */
export const dataCommands: ReadonlyMap<string, Command> = new Map(
  Object.entries({ ...stringCommands, ...keyCommands, ...hashCommands, ...sortedSetCommands }),
);
