import { randomUUID } from "node:crypto";
import { AwsError } from "../endpoint/aws-error.ts";
import type { Report } from "../report.ts";
import type { FunctionTopology } from "../topology.ts";
import { serviceMemory } from "./environment.ts";
import { functionArn, type InvokeOptions, type Outcome } from "./invocation.ts";
import { accountConcurrency, maxRequestBytes } from "./limits.ts";
import { platformLine, troublesIn } from "./platform-line.ts";
import { startReaper } from "./reaper.ts";
import { openLog } from "./service-logs.ts";
import { superviseService } from "./supervisor.ts";

interface LambdaHostOptions {
  functions: FunctionTopology[];
  /** The app's root, which handlers are relative to. */
  root: string;
  dataDir: string;
  region: string;
  account: string;
  environment: (service: string, functions: FunctionTopology[]) => Record<string, string>;
  /** Hears of what a developer must repair: processes that end by themselves and modules that cannot be loaded. */
  report: Report;
}

export interface LambdaHost {
  /** Waits for the outcome, as an invocation of type RequestResponse. Throws only for what Lambda refuses to take. */
  invoke(functionName: string, event: unknown, options?: InvokeOptions): Promise<Outcome>;
  /** Resolves when every service has tried to load its handlers. */
  ready(): Promise<void>;
  services(): { service: string; pid: number | undefined }[];
  restart(service: string): Promise<void>;
  stop(graceMs?: number): Promise<void>;
}

/** Lambda of one machine: a process per service, which all its functions share. */
export function createLambdaHost(options: LambdaHostOptions): LambdaHost {
  const { functions, root, dataDir, region, account, environment, report } = options;
  const byName = new Map(functions.map((fn) => [fn.name, fn]));
  const byService = Map.groupBy(functions, ({ service }) => service);
  const runningOf = new Map<string, number>();
  let unreservedRunning = 0;
  let stopping: Promise<unknown> | undefined;
  // Before anything is started: functions that disagree are refused here.
  const planned = [...byService].map(([service, own]) => ({ service, own, variables: environment(service, own) }));
  const reaper = startReaper();

  const services = new Map(
    planned.map(({ service, own, variables }) => {
      const log = openLog(dataDir, service);
      const supervisor = superviseService({
        process: {
          root,
          handlers: [...new Set(own.map(({ handler }) => handler))],
          memoryMegabytes: serviceMemory(own),
          environment: variables,
          onLine: (line) => log.write(line),
        },
        reaper,
        onNews: (news) => {
          log.write(platformLine(news));
          for (const message of troublesIn(news)) report({ level: "WARN", message: `${service}: ${message}` });
        },
      });
      return [service, { supervisor, log }];
    }),
  );

  function supervisorOf(service: string) {
    const found = services.get(service);
    if (found === undefined)
      throw new Error(`There is no service ${service}; there are: ${[...services.keys()].join(", ")}.`);
    return found.supervisor;
  }

  return {
    async invoke(functionName, event, { requestId = randomUUID(), clientContext } = {}) {
      const fn = byName.get(functionName);
      const arn = functionArn(region, account, functionName);
      if (fn === undefined) {
        throw new AwsError("ResourceNotFoundException", `Function not found: ${arn}`, { status: 404 });
      }
      const text = JSON.stringify(event) ?? "null";
      if (Buffer.byteLength(text) > maxRequestBytes) {
        const message = `Request must be smaller than ${maxRequestBytes} bytes for the InvokeFunction operation`;
        throw new AwsError("RequestTooLargeException", message, { status: 413 });
      }
      const running = runningOf.get(functionName) ?? 0;
      const reserved = fn.reservedConcurrency;
      if (reserved === null ? unreservedRunning >= accountConcurrency : running >= reserved)
        return { kind: "throttled" };
      runningOf.set(functionName, running + 1);
      if (reserved === null) unreservedRunning += 1;
      try {
        const { handler, memoryMegabytes, timeoutSeconds, service } = fn;
        return await supervisorOf(service).invoke(
          { requestId, functionName, functionArn: arn, handler, memoryMegabytes, event: text, clientContext },
          timeoutSeconds,
        );
      } finally {
        runningOf.set(functionName, (runningOf.get(functionName) ?? 1) - 1);
        if (reserved === null) unreservedRunning -= 1;
      }
    },
    ready: async () => {
      await Promise.all([...services.values()].map(({ supervisor }) => supervisor.started));
    },
    services: () => [...services].map(([service, { supervisor }]) => ({ service, pid: supervisor.pid })),
    restart: async (service) => supervisorOf(service).restart(),
    stop: (graceMs = 3_000) => {
      stopping ??= Promise.all(
        [...services.values()].map(async ({ supervisor, log }) => {
          await supervisor.stop(graceMs);
          log.close();
        }),
      ).then(reaper.stop);
      return stopping.then(() => undefined);
    },
  };
}
