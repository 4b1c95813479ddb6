import { z } from "zod";
import { type Place, ruleArn } from "./arns.ts";
import { compilePattern } from "./pattern/compile-pattern.ts";
import type { FlatEvent } from "./pattern/flatten-event.ts";
import type { Store } from "./store.ts";
import { readTarget, type Target } from "./target.ts";

/** An enabled rule, ready to be asked. */
interface Route {
  ruleArn: string;
  ruleName: string;
  matches: (event: FlatEvent) => boolean;
  targets: Target[];
  /** Set for the rule that AWS keeps for an archive: its events go there. */
  archiveId: string | null;
}

export interface Routing {
  /** Undefined when there is no such bus. */
  routesOf(bus: string): Route[] | undefined;
  /** To be called after every change of a bus, a rule, a target or an archive. */
  forget(): void;
}

const routeRow = z.object({ name: z.string(), pattern: z.string(), archiveId: z.string().nullable() });
const settingsRow = z.object({ settings: z.string() });

export function createRouting({ db }: Store, place: Place): Routing {
  const busExists = db.prepare("select 1 from buses where name = ?");
  const enabledRules = db.prepare(`
    select rules.name, rules.pattern, archives.id as archiveId from rules
    left join archives on rules.managed_by is not null and rules.name = 'Events-Archive-' || archives.name
    where rules.bus = ? and rules.state <> 'DISABLED' order by rules.name`);
  const targetsOfRule = db.prepare("select settings from targets where bus = ? and rule = ? order by id");
  const known = new Map<string, Route[] | undefined>();

  function readRoutes(bus: string): Route[] | undefined {
    if (busExists.get(bus) === undefined) return undefined;
    return z
      .array(routeRow)
      .parse(enabledRules.all(bus))
      .map(({ name, pattern, archiveId }) => ({
        ruleArn: ruleArn(place, bus, name),
        ruleName: name,
        matches: compilePattern(pattern),
        targets:
          archiveId === null
            ? z
                .array(settingsRow)
                .parse(targetsOfRule.all(bus, name))
                .map(({ settings }) => readTarget(settings))
            : [],
        archiveId,
      }));
  }

  return {
    routesOf(bus) {
      if (!known.has(bus)) known.set(bus, readRoutes(bus));
      return known.get(bus);
    },
    forget: () => known.clear(),
  };
}
