import { fork } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Invocation, type RuntimeMessage, runtimeMessageSchema } from "./invocation.ts";

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface ServiceProcessOptions {
  root: string;
  handlers: string[];
  memoryMegabytes: number;
  environment: Record<string, string>;
  onMessage: (message: RuntimeMessage) => void;
  onLine: (line: string) => void;
  onExit: (exit: Exit) => void;
}

export interface ServiceProcess {
  readonly pid: number;
  send(invocation: Invocation): void;
  kill(signal: "SIGTERM" | "SIGKILL"): void;
}

const runtime = fileURLToPath(new URL("./runtime/main.ts", import.meta.url));

/** One Node process that holds the handlers of one service, and nothing of this process but the environment it is given. */
export function startServiceProcess(options: ServiceProcessOptions): ServiceProcess {
  const { root, handlers, memoryMegabytes, environment, onMessage, onLine, onExit } = options;
  const child = fork(runtime, [JSON.stringify({ root, handlers })], {
    cwd: root,
    env: environment,
    execArgv: [`--max-old-space-size=${memoryMegabytes}`],
    serialization: "advanced",
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  for (const output of [child.stdout, child.stderr]) {
    if (output) createInterface({ input: output, crlfDelay: Number.POSITIVE_INFINITY }).on("line", onLine);
  }
  child.on("message", (raw) => {
    const message = runtimeMessageSchema.safeParse(raw);
    // What is not ours was sent by a handler, to nobody.
    if (message.success) onMessage(message.data);
  });
  const happened = (event: "close" | "disconnect") => new Promise((resolve) => child.once(event, resolve));
  const drained = Promise.all([happened("close"), happened("disconnect")]);
  child.once("exit", (code, signal) => {
    // The last answers and log lines may still be in the pipes; a grandchild may hold them open for ever.
    void Promise.race([drained, setTimeout(500, undefined, { ref: false })]).then(() => onExit({ code, signal }));
  });
  child.on("error", (error) => {
    onLine(error.message);
    if (child.pid === undefined) onExit({ code: null, signal: null });
  });
  return {
    pid: child.pid ?? 0,
    send: (invocation) => {
      // A closed channel means that `close` follows, which fails the invocation.
      if (child.connected) child.send(invocation, () => {});
    },
    kill: (signal) => void child.kill(signal),
  };
}
