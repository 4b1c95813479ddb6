import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { openClients } from "./clients.ts";
import { seededRandom } from "./random.ts";
import { type RunningCloud, runCloud } from "./running-cloud.ts";
import { type Attempt, judge, type Verdict } from "./survivors.ts";
import { perform, planWrite } from "./writes.ts";

export interface RoundReport extends Verdict {
  acknowledged: number;
  /** Cut off by the end of the process, or never begun. */
  unacknowledged: number;
  restartMs: number;
}

const lanes = 8;
const maxKillDelayMs = 20;

/** Writes into a local cloud, kills it without warning on the way, starts it again, and looks for what was acknowledged. */
export async function killRound({ seed, writes }: { seed: number; writes: number }): Promise<RoundReport> {
  const folder = await mkdtemp(join(tmpdir(), "local-cloud-kill-"));
  const running: RunningCloud[] = [];
  try {
    const random = seededRandom(seed);
    const planned = Array.from({ length: writes }, (_, number) => planWrite(number, number % lanes, random));
    const killAfter = 1 + random.below(writes - lanes);
    const killDelayMs = random.below(maxKillDelayMs);
    const attempts = await writeUntilKilled();

    const again = await runCloud(folder);
    running.push(again);
    const clients = openClients(again.endpointUrl);
    const verdict = await judge(attempts, clients).finally(clients.close);
    const acknowledged = attempts.filter(({ isAcknowledged }) => isAcknowledged).length;
    return { ...verdict, acknowledged, unacknowledged: writes - acknowledged, restartMs: again.startMs };

    async function writeUntilKilled(): Promise<Attempt[]> {
      const cloud = await runCloud(folder);
      running.push(cloud);
      const before = openClients(cloud.endpointUrl);
      const done: Attempt[] = [];
      const isWritten = Promise.withResolvers<void>();
      let isDead = false;

      async function perLane(lane: number): Promise<void> {
        for (const write of planned.filter((_, number) => number % lanes === lane)) {
          if (isDead) return;
          const attempt: Attempt = { write, isAcknowledged: false };
          done.push(attempt);
          await perform(write, before).then(
            () => {
              attempt.isAcknowledged = true;
            },
            (error: unknown) => {
              if (!isDead) isWritten.reject(error);
            },
          );
          if (done.filter(({ isAcknowledged }) => isAcknowledged).length >= killAfter) isWritten.resolve();
        }
      }

      const writing = Array.from({ length: lanes }, (_, lane) => perLane(lane));
      await isWritten.promise;
      await setTimeout(killDelayMs);
      isDead = true;
      await cloud.kill();
      running.pop();
      await Promise.all(writing);
      before.close();
      return done;
    }
  } finally {
    for (const cloud of running) await cloud.kill();
    await rm(folder, { recursive: true, maxRetries: 5 });
  }
}
