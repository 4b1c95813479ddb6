import { OutputUnreachable } from "./output-errors.ts";

export type InTurn = <T>(place: { expiresAt: number; giveUpAt: number }, work: () => Promise<T>) => Promise<T>;

interface Waiting {
  expiresAt: number;
  start: () => void;
}

/**
 * Lets so much work run at once, so that memory stays bounded and one slow output holds nobody but itself. Who waits goes in
 * the order of expiry, and gives up with `OutputUnreachable` at `giveUpAt`. Both are epoch milliseconds.
 */
export function createTurns(atOnce: number): InTurn {
  const waiting: Waiting[] = [];
  let running = 0;

  const startNext = () => {
    while (running < atOnce) {
      const next = waiting.shift();
      if (!next) return;
      running++;
      next.start();
    }
  };

  const waitForTurn = ({ expiresAt, giveUpAt }: { expiresAt: number; giveUpAt: number }) =>
    new Promise<void>((resolve, reject) => {
      const giveUp = setTimeout(() => {
        waiting.splice(waiting.indexOf(own), 1);
        reject(new OutputUnreachable("There was no time left to read the output."));
      }, giveUpAt - Date.now());
      const own = {
        expiresAt,
        start: () => {
          clearTimeout(giveUp);
          resolve();
        },
      };
      const behind = waiting.findIndex((other) => other.expiresAt > expiresAt);
      waiting.splice(behind === -1 ? waiting.length : behind, 0, own);
      // Whoever arrives in the same moment is put in order first.
      setImmediate(startNext);
    });

  return async (place, work) => {
    await waitForTurn(place);
    try {
      return await work();
    } finally {
      running--;
      startNext();
    }
  };
}
