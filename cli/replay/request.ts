import { catalogue, type ServiceName } from "@vsl/events";
import { z } from "zod";
import { Misuse } from "../command.ts";
import { readServiceName } from "../service-name.ts";

/** What is to be replayed, to whom. Kept with the replay, so that it can be resumed. */
export const requestSchema = z.object({
  service: z.enum(["intake", "replicate-bridge", "storage", "ledger"]),
  /** Epoch milliseconds of the events' own time; null is the archive's beginning. */
  from: z.number().nullable(),
  to: z.number(),
  jobs: z.array(z.string()),
  users: z.array(z.string()),
  models: z.array(z.string()),
  events: z.array(z.string()),
  /** Events a second; null is as fast as it goes. */
  rate: z.number().positive().nullable(),
  dryRun: z.boolean(),
});
export type ReplayRequest = z.output<typeof requestSchema>;

export interface ReplayFlags {
  service?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  since?: string | undefined;
  job?: string[] | undefined;
  user?: string[] | undefined;
  model?: string[] | undefined;
  event?: string[] | undefined;
  rate?: string | undefined;
  "dry-run"?: boolean | undefined;
}

/** Throws one line that names the flag and what it takes. */
export function readRequest(flags: ReplayFlags, now: number): ReplayRequest {
  if (flags.since !== undefined && (flags.from !== undefined || flags.to !== undefined)) {
    throw new Misuse("--since goes from then until now: use it without --from and --to.");
  }
  const from = flags.since === undefined ? readTime("--from", flags.from) : now - readDuration(flags.since);
  const to = readTime("--to", flags.to) ?? now;
  if (from !== null && from >= to) throw new Misuse("--from must be before --to.");
  return {
    service: readServiceName(flags.service) satisfies ServiceName,
    ...{ from, to },
    jobs: flags.job ?? [],
    users: flags.user ?? [],
    models: flags.model ?? [],
    events: (flags.event ?? []).map(readEventName),
    rate: flags.rate === undefined ? null : readRate(flags.rate),
    dryRun: flags["dry-run"] ?? false,
  };
}

/** EventBridge replays a stretch of time to rules by itself; whatever else is asked for needs the events in hand. */
export const needsEvents = ({ jobs, users, models, events, rate, dryRun }: ReplayRequest) =>
  rate !== null || dryRun || [jobs, users, models, events].some((wanted) => wanted.length > 0);

function readTime(flag: string, given: string | undefined): number | null {
  if (given === undefined) return null;
  const time = Date.parse(given);
  if (Number.isNaN(time)) throw new Misuse(`${flag} must be a time such as 2026-11-20T10:30:00Z.`);
  return time;
}

const unitMs: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function readDuration(given: string): number {
  const [, amount, unit = ""] = /^(\d+)([smhd])$/.exec(given) ?? [];
  const ms = Number(amount) * (unitMs[unit] ?? Number.NaN);
  if (!(ms > 0)) throw new Misuse("--since must be a duration such as 30m, 2h or 7d.");
  return ms;
}

function readRate(given: string): number {
  const [, amount, unit = "s"] = /^(\d+)(?:\/([sm]))?$/.exec(given) ?? [];
  const perSecond = (Number(amount) * 1000) / (unitMs[unit] ?? Number.NaN);
  if (!(perSecond > 0)) throw new Misuse("--rate must be a number of events such as 50/s or 600/m.");
  return perSecond;
}

function readEventName(given: string): string {
  const found = catalogue.find(({ name }) => name === given);
  if (!found) throw new Misuse(`--event must be one of ${catalogue.map(({ name }) => name).join(", ")}.`);
  return found.name;
}
