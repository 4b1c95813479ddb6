import type { Log } from "./log.ts";
import type { Pace } from "./pace.ts";
import { isTrouble, type Trouble } from "./upstream.ts";

export interface Pause {
  /** Epoch milliseconds. */
  until: number;
  reason: "throttled" | "unauthorized" | "unavailable";
}

/** Where a pause is remembered; it only ever grows longer. */
export interface Pauses {
  readPause: () => Promise<Pause | null>;
  extendPause: (pause: Pause) => Promise<void>;
}

export interface Gate {
  /** True when a call may be made now. Waits for its turn at most `withinMs`, and never through a pause. */
  enter: (withinMs: number) => Promise<boolean>;
  /** The pause that holds now. */
  pause: () => Promise<Pause | null>;
  /** What upstream answered: trouble may close the gate for a while. */
  note: (answer: { kind: string } | Trouble) => Promise<void>;
}

const failuresUntilPause = 5;
const unavailableMs = 30_000;
const unauthorizedMs = 60_000;

/** Lets calls through at upstream's rate, and none while upstream wants a pause or keeps failing. */
export function createGate({
  pace,
  pauses,
  log,
  now = Date.now,
}: {
  pace: Pace;
  pauses: Pauses;
  log: Log;
  now?: () => number;
}): Gate {
  let failures = 0;

  return { enter, pause, note };

  async function enter(withinMs: number): Promise<boolean> {
    if (await pause()) return false;
    // A pause may have begun while we waited for our turn.
    return (await pace.take(withinMs)) && !(await pause());
  }

  async function pause(): Promise<Pause | null> {
    const current = await pauses.readPause();
    return current && current.until > now() ? current : null;
  }

  async function note(answer: { kind: string } | Trouble): Promise<void> {
    failures = answer.kind === "unclear" ? failures + 1 : 0;
    const next = isTrouble(answer) ? pauseAfter(answer) : null;
    if (!next) return;
    pace.useUpBurst();
    log({
      level: next.reason === "throttled" ? "WARN" : "ERROR",
      message: "upstream paused",
      reason: next.reason,
      seconds: Math.ceil((next.until - now()) / 1000),
    });
    await pauses.extendPause(next);
  }

  function pauseAfter(trouble: Trouble): Pause | null {
    switch (trouble.kind) {
      case "throttled":
        return { until: now() + trouble.retryAfterSeconds * 1000, reason: "throttled" };
      case "unauthorized":
        return { until: now() + unauthorizedMs, reason: "unauthorized" };
      case "unclear":
        // After the pause one more failure closes the gate again; one success opens it for good.
        return failures >= failuresUntilPause ? { until: now() + unavailableMs, reason: "unavailable" } : null;
      default:
        return trouble satisfies never;
    }
  }
}

/** For a gate whose pauses concern this process alone. */
export function createMemoryPauses(): Pauses {
  let pause: Pause | null = null;
  return {
    readPause: async () => pause,
    extendPause: async (next) => {
      if (!pause || next.until > pause.until) pause = next;
    },
  };
}
