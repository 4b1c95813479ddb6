import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";

const usedRightSchema = z.object({
  service: z.string(),
  /** Null for what a service did outside any invocation. */
  function: z.string().nullable(),
  /** The action that was asked for, and the resource as it was granted. */
  action: z.string(),
  resource: z.string(),
});

export type UsedRight = z.infer<typeof usedRightSchema>;

/** Which of the granted rights were ever used, one line of JSON each: what is not in it after a thorough run may go. */
export function keepUsedRights(file: string): { note: (right: UsedRight) => void } {
  mkdirSync(dirname(file), { recursive: true });
  const known = new Set(readUsedRights(file).map(lineOf));
  return {
    note(right) {
      const line = lineOf(right);
      if (known.has(line)) return;
      known.add(line);
      appendFileSync(file, `${line}\n`);
    },
  };
}

export function readUsedRights(file: string): UsedRight[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line) => {
      // A crash may have cut the last line off; what it said is noted again.
      const right = usedRightSchema.safeParse(parseLine(line));
      return right.success ? [right.data] : [];
    });
}

const lineOf = ({ service, function: name, action, resource }: UsedRight) =>
  JSON.stringify({ service, function: name, action, resource });

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
