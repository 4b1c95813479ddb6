import { exitError, type SandboxExit, timeoutError } from "./exit-error.ts";
import type { FunctionError, Invocation, Outcome, RuntimeMessage } from "./invocation.ts";
import { watchMemory } from "./memory-watch.ts";
import { type ServiceProcessOptions, startServiceProcess } from "./service-process.ts";

export interface Work {
  invocation: Omit<Invocation, "deadlineAt">;
  timeoutSeconds: number;
  settle: (outcome: Outcome) => void;
}

export interface FailedLoad {
  handler: string;
  error: FunctionError;
}

interface SandboxEvents {
  onReady: (sandbox: Sandbox, start: { initMs: number; unloadable: FailedLoad[] }) => void;
  onFailure: (work: Work, error: FunctionError, durationMs: number) => void;
  /** The handler may still run; only the end of its process ends it. */
  onTimeout: (sandbox: Sandbox) => void;
  onExit: (sandbox: Sandbox, exit: SandboxExit) => void;
}

export interface Sandbox {
  readonly pid: number;
  readonly ready: boolean;
  readonly busy: boolean;
  take(work: Work): void;
  /** Ends the process as soon as it owes no answer. */
  retire(): void;
  kill(signal: "SIGTERM" | "SIGKILL"): void;
}

interface Flight {
  finish: (outcome: Outcome) => void;
  fail: (error: FunctionError) => void;
}

/** A process of a service and the invocations inside it: each is settled exactly once, by answer, timeout or exit. */
export function openSandbox(
  options: Omit<ServiceProcessOptions, "onMessage" | "onExit">,
  events: SandboxEvents,
): Sandbox {
  const flights = new Map<string, Flight>();
  let ready = false;
  let retiring = false;
  let isOutOfMemory = false;

  function hear(message: RuntimeMessage): void {
    switch (message.type) {
      case "ready":
        ready = true;
        events.onReady(sandbox, message);
        return;
      case "returned":
        flights.get(message.requestId)?.finish({ kind: "returned", payload: JSON.parse(message.payload) });
        return;
      case "failed":
        flights.get(message.requestId)?.fail(message.error);
        return;
      default:
        message satisfies never;
    }
  }

  const process = startServiceProcess({
    ...options,
    onMessage: hear,
    onExit: ({ code, signal }) => {
      const exit = { code, signal, isOutOfMemory };
      for (const [requestId, flight] of flights) flight.fail(exitError(requestId, exit));
      events.onExit(sandbox, exit);
    },
  });

  const memory = watchMemory(process.pid, () => {
    isOutOfMemory = true;
    process.kill("SIGKILL");
  });

  const endIfIdle = () => {
    if (retiring && flights.size === 0) process.kill("SIGKILL");
  };

  const sandbox: Sandbox = {
    pid: process.pid,
    get ready() {
      return ready;
    },
    get busy() {
      return flights.size > 0;
    },
    take(work) {
      const { requestId, memoryMegabytes } = work.invocation;
      const startedAt = Date.now();
      const timeoutMs = work.timeoutSeconds * 1000;
      const finish = (outcome: Outcome) => {
        clearTimeout(timer);
        flights.delete(requestId);
        memory.end(memoryMegabytes);
        work.settle(outcome);
        endIfIdle();
      };
      const fail = (error: FunctionError) => {
        events.onFailure(work, error, Date.now() - startedAt);
        finish({ kind: "failed", error });
      };
      const timer = setTimeout(() => {
        events.onTimeout(sandbox);
        fail(timeoutError(requestId, work.timeoutSeconds));
      }, timeoutMs);
      flights.set(requestId, { finish, fail });
      memory.begin(memoryMegabytes);
      process.send({ ...work.invocation, deadlineAt: startedAt + timeoutMs });
    },
    retire() {
      retiring = true;
      endIfIdle();
    },
    kill: (signal) => process.kill(signal),
  };
  return sandbox;
}
