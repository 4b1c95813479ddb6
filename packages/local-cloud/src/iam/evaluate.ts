import { judgeConditions } from "./conditions.ts";
import type { Right } from "./right.ts";
import { matchesArn, matchesWildcard } from "./wildcard.ts";

/** A statement of a function's role, as the topology has it. */
export interface Statement {
  effect?: "Allow" | "Deny" | undefined;
  actions: readonly string[];
  resources: readonly string[];
  conditions?: unknown;
}

/** What was granted, as it was written. */
interface Grant {
  action: string;
  resource: string;
}

export type Verdict =
  | { allowed: true; grant: Grant }
  /** `unknown`: what in the statements could not be judged here, and was taken for a refusal. */
  | { allowed: false; explicit: boolean; unknown: string[] };

/** IAM's logic: a deny wins over every allow, and what nothing allows is denied. What cannot be judged denies. */
export function evaluate(statements: readonly Statement[], right: Right): Verdict {
  const unknown: string[] = [];
  let grant: Grant | undefined;
  for (const { effect = "Allow", actions, resources, conditions } of statements) {
    const action = actions.find((pattern) => matchesWildcard(pattern.toLowerCase(), right.action.toLowerCase()));
    const resource = resources.find((pattern) => matchesArn(pattern, right.resource));
    if (action === undefined || resource === undefined) continue;
    const judged = judgeConditions(conditions, right.context ?? {});
    if ("unknown" in judged) unknown.push(judged.unknown);
    const applies = "unknown" in judged ? effect === "Deny" : judged.met;
    if (applies && effect === "Deny") return { allowed: false, explicit: true, unknown };
    if (applies) grant ??= { action, resource };
  }
  return grant ? { allowed: true, grant } : { allowed: false, explicit: false, unknown };
}
