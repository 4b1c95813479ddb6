import { setTimeout as delay } from "node:timers/promises";
import { exitError, type SandboxExit } from "./exit-error.ts";
import type { FunctionError, Outcome } from "./invocation.ts";
import type { Reaper } from "./reaper.ts";
import { type FailedLoad, openSandbox, type Sandbox, type Work } from "./sandbox.ts";
import type { ServiceProcessOptions } from "./service-process.ts";

/** Cold starts, errors, timeouts and crashes; what went well is not told. */
export type News =
  | { kind: "started"; pid: number; initMs: number; unloadable: FailedLoad[] }
  | { kind: "exited"; pid: number; exit: SandboxExit; restartMs: number }
  | { kind: "failed"; invocation: Work["invocation"]; error: FunctionError; durationMs: number };

interface Supervisor {
  readonly pid: number | undefined;
  /** Resolves when the first process has loaded its handlers, or has failed to. */
  readonly started: Promise<void>;
  invoke(invocation: Work["invocation"], timeoutSeconds: number): Promise<Outcome>;
  /** New work goes to a new process at once; the old one ends when it owes no answer. */
  restart(): Promise<void>;
  stop(graceMs: number): Promise<void>;
}

interface SupervisorOptions {
  process: Omit<ServiceProcessOptions, "onMessage" | "onExit">;
  reaper: Pick<Reaper, "watch" | "forget">;
  onNews: (news: News) => void;
}

const terminationMs = 500;

/** Keeps one process of a service alive and takes its invocations there, whatever becomes of the process. */
export function superviseService({ process, reaper, onNews }: SupervisorOptions): Supervisor {
  const living = new Set<Sandbox>();
  const waiting: Work[] = [];
  const waitingForReady: (() => void)[] = [];
  let current: Sandbox | undefined;
  let crashes = 0;
  let failedLoads = 0;
  let stopping = false;
  let nextStart: NodeJS.Timeout | undefined;
  const started = Promise.withResolvers<void>();

  function replace(): void {
    clearTimeout(nextStart);
    const old = current;
    current = openSandbox(process, { onReady, onFailure, onTimeout, onExit });
    living.add(current);
    reaper.watch(current.pid);
    old?.retire();
  }

  function onReady(sandbox: Sandbox, { initMs, unloadable }: { initMs: number; unloadable: FailedLoad[] }): void {
    onNews({ kind: "started", pid: sandbox.pid, initMs, unloadable });
    started.resolve();
    if (sandbox !== current || stopping) return;
    for (const work of waiting.splice(0)) take(sandbox, work);
    for (const resolve of waitingForReady.splice(0)) resolve();
    failedLoads = unloadable.length === 0 ? 0 : failedLoads + 1;
    // A module that did not load stays so in its process; Lambda, too, initialises anew until it works.
    if (failedLoads > 0) nextStart = setTimeout(replace, Math.min(1_000 * 2 ** failedLoads, 30_000));
  }

  function onFailure({ invocation }: Work, error: FunctionError, durationMs: number): void {
    onNews({ kind: "failed", invocation, error, durationMs });
  }

  function onTimeout(sandbox: Sandbox): void {
    if (sandbox === current && !stopping) replace();
  }

  function onExit(sandbox: Sandbox, exit: SandboxExit): void {
    living.delete(sandbox);
    reaper.forget(sandbox.pid);
    started.resolve();
    if (sandbox !== current) return;
    current = undefined;
    if (stopping) return;
    crashes += 1;
    // The first crash costs no wait; a service that cannot stay up is tried ever less often.
    const restartMs = crashes === 1 ? 0 : Math.min(100 * 2 ** (crashes - 2), 5_000);
    onNews({ kind: "exited", pid: sandbox.pid, exit, restartMs });
    if (!sandbox.ready) failWaiting(exit);
    clearTimeout(nextStart);
    nextStart = setTimeout(replace, restartMs);
  }

  function take(sandbox: Sandbox, work: Work): void {
    const settle = (outcome: Outcome) => {
      if (outcome.kind === "returned") crashes = 0;
      work.settle(outcome);
    };
    sandbox.take({ ...work, settle });
  }

  function failWaiting(exit: SandboxExit): void {
    for (const { invocation, settle } of waiting.splice(0)) {
      settle({ kind: "failed", error: exitError(invocation.requestId, exit) });
    }
  }

  async function until(done: () => boolean, withinMs: number): Promise<void> {
    const deadline = Date.now() + withinMs;
    while (!done() && Date.now() < deadline) await delay(10);
  }

  replace();
  return {
    started: started.promise,
    get pid() {
      return current?.pid;
    },
    invoke: (invocation, timeoutSeconds) =>
      new Promise((settle) => {
        const work = { invocation, timeoutSeconds, settle };
        if (stopping) settle({ kind: "throttled" });
        else if (current?.ready) take(current, work);
        else waiting.push(work);
      }),
    restart: () =>
      new Promise((resolve) => {
        waitingForReady.push(resolve);
        replace();
      }),
    async stop(graceMs) {
      stopping = true;
      clearTimeout(nextStart);
      failWaiting({ code: 0, signal: null, isOutOfMemory: false });
      await until(() => [...living].every(({ busy }) => !busy), graceMs);
      for (const sandbox of living) sandbox.kill("SIGTERM");
      await until(() => living.size === 0, terminationMs);
      for (const sandbox of living) sandbox.kill("SIGKILL");
      await until(() => living.size === 0, Number.POSITIVE_INFINITY);
    },
  };
}
