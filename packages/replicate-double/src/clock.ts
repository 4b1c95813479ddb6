/** The double's own time: as the machine's, plus what `POST /_clock` has moved it. All times are epoch milliseconds. */
export interface Clock {
  now(): number;
  /** The time of everybody else: signatures carry it, since no receiver moves along with us. */
  wallNow(): number;
  /** Runs the task when its time comes, or at once if it is past; the task is told the time it was due. */
  at(dueAt: number, task: (dueAt: number) => void): void;
  advance(seconds: number): void;
  movedSeconds(): number;
  stop(): void;
}

interface Appointment {
  dueAt: number;
  task: (dueAt: number) => void;
  timer: NodeJS.Timeout;
}

/** `setTimeout` runs at once what is due later than this. */
const LONGEST_TIMEOUT_MILLISECONDS = 2 ** 31 - 1;

export function createClock({ wallNow, movedSeconds }: { wallNow: () => number; movedSeconds: number }): Clock {
  let offset = movedSeconds * 1000;
  let stopped = false;
  const appointments = new Set<Appointment>();
  const now = () => wallNow() + offset;

  const arm = (dueAt: number, task: (dueAt: number) => void) => {
    const delay = Math.min(Math.max(0, dueAt - now()), LONGEST_TIMEOUT_MILLISECONDS);
    const timer = setTimeout(() => {
      appointments.delete(appointment);
      if (delay === LONGEST_TIMEOUT_MILLISECONDS) arm(dueAt, task);
      else task(dueAt);
    }, delay);
    const appointment = { dueAt, task, timer };
    appointments.add(appointment);
  };

  return {
    now,
    wallNow,
    at(dueAt, task) {
      if (!stopped) arm(dueAt, task);
    },
    advance(seconds) {
      offset += seconds * 1000;
      const waiting = [...appointments].sort((a, b) => a.dueAt - b.dueAt);
      appointments.clear();
      for (const { dueAt, task, timer } of waiting) {
        clearTimeout(timer);
        arm(dueAt, task);
      }
    },
    movedSeconds: () => offset / 1000,
    stop() {
      stopped = true;
      for (const { timer } of appointments) clearTimeout(timer);
      appointments.clear();
    },
  };
}
