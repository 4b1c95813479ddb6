import { Hono } from "hono";
import { z } from "zod";
import type { Bill } from "../billing/bill.ts";
import type { Clock } from "../clock.ts";
import { faultRules } from "../faults/fault.ts";
import type { Faults } from "../faults/faults.ts";
import type { Log } from "../log/log.ts";
import { timestamp } from "../predictions/present.ts";
import type { Settings } from "../settings.ts";
import type { Environment } from "./environment.ts";
import { Problem } from "./problem.ts";
import { readJson } from "./read-json.ts";

interface Parts {
  bill: Bill;
  clock: Clock;
  faults: Faults;
  log: Log;
  settings: Settings;
}

const clockMove = z.strictObject({ advanceSeconds: z.number().nonnegative() });
const logQuery = z.object({
  after: z.coerce.number().int().nonnegative().default(0),
  limit: z.coerce.number().int().positive().max(100_000).default(10_000),
});

/** What Replicate does not have: the levers and the view from outside that tests need. No token is asked for. */
export function controlRoutes({ bill, clock, faults, log, settings }: Parts) {
  const showClock = () => ({ now: timestamp(clock.now()), movedSeconds: clock.movedSeconds() });
  return new Hono<Environment>()
    .get("/_bill", (context) => context.json(bill.read()))
    .get("/_log", (context) => context.json(log.read(parse(logQuery, context.req.query()))))
    .get("/_faults", (context) => context.json({ faults: faults.list() }))
    .post("/_faults", async (context) =>
      context.json({ planted: faults.plant(parse(faultRules, await readJson(context))) }, 201),
    )
    .delete("/_faults", (context) => {
      faults.clear();
      return context.body(null, 204);
    })
    .get("/_clock", (context) => context.json(showClock()))
    .post("/_clock", async (context) => {
      clock.advance(parse(clockMove, await readJson(context)).advanceSeconds);
      settings.saveMovedSeconds(clock.movedSeconds());
      return context.json(showClock());
    });
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new Problem(400, { detail: z.prettifyError(parsed.error), status: 400 });
  return parsed.data;
}
