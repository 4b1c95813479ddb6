import { runJob } from "./drive-jobs.ts";
import { shortName, type Usage } from "./job-costs.ts";
import { type MeasuredSystem, startMeasuredSystem } from "./measured-system.ts";
import type { Measured } from "./page.ts";
import { shareOf, type Tally } from "./tally.ts";

const alone = 5;
const load = { jobs: 50, callers: 25 };

export interface Measurement {
  measured: Measured;
  /** Everything under load, for the ceilings. */
  load: { jobs: number; tally: Tally; redis: ReadonlyMap<string, number> };
  schedules: { expression: string; usage: Usage }[];
}

/** Runs real jobs through the real handlers, one by one and under load, then each scheduled function once with nothing to do. */
export async function measure(say: (line: string) => void): Promise<Measurement> {
  say("the system …");
  const system = await startMeasuredSystem(say);
  try {
    // What a process does only once is no part of a job.
    await system.during(() => runJob(system.url, "warm"));
    say(`${alone} jobs one after the other …`);
    const one = await system.during(async () => {
      for (let job = 0; job < alone; job++) await runJob(system.url, "alone");
    });
    say(`${load.jobs} jobs of ${load.callers} callers at once …`);
    const many = await system.during(async () => {
      let left = load.jobs;
      const caller = async (_: unknown, number: number) => {
        while (left-- > 0) await runJob(system.url, `caller-${number}`);
      };
      await Promise.all(Array.from({ length: load.callers }, caller));
    });
    const schedules = [];
    for (const { name, expression } of system.scheduled) {
      const { tally, logBytes, redis } = await system.during(() => system.invoke(name));
      schedules.push({ expression, usage: { tally, logBytes, commands: sum(redis.values()) } });
    }
    return {
      measured: {
        date: new Date().toISOString().slice(0, 10),
        alone: { jobs: alone, perJob: each(one, alone) },
        load: { ...load, perJob: each(many, load.jobs) },
        durations: new Map([...one.tally.invocations].map(([name, { count, ms }]) => [shortName(name), ms / count])),
      },
      load: { jobs: load.jobs, tally: many.tally, redis: many.redis },
      schedules,
    };
  } finally {
    await system.stop();
  }
}

const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

const each = ({ tally, logBytes, redis }: Counted, jobs: number): Usage => ({
  tally: shareOf(tally, jobs),
  logBytes: logBytes / jobs,
  commands: sum(redis.values()) / jobs,
});

type Counted = Awaited<ReturnType<MeasuredSystem["during"]>>;
