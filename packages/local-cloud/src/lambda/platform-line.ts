import type { SandboxExit } from "./exit-error.ts";
import type { News } from "./supervisor.ts";

/** What the platform has to say, as a line of JSON in the shape of Lambda's own platform events. */
export function platformLine(news: News, now: () => number = Date.now): string {
  const { type, record } = describe(news);
  return JSON.stringify({ time: new Date(now()).toISOString(), type, record });
}

function describe(news: News): { type: string; record: Record<string, unknown> } {
  switch (news.kind) {
    case "started": {
      const { pid, initMs, unloadable } = news;
      const status = unloadable.length === 0 ? "success" : "error";
      const record = { phase: "init", status, pid, metrics: { durationMs: initMs } };
      return { type: "platform.initReport", record: status === "success" ? record : { ...record, errors: unloadable } };
    }
    case "exited":
      return { type: "platform.exit", record: { pid: news.pid, ...news.exit, restartMs: news.restartMs } };
    case "failed": {
      const { invocation, error, durationMs } = news;
      const { requestId, functionName } = invocation;
      const status = error.errorType === "Sandbox.Timedout" ? "timeout" : "error";
      return {
        type: "platform.report",
        record: { requestId, functionName, status, metrics: { durationMs }, ...error },
      };
    }
    default:
      return news satisfies never;
  }
}

/** What deserves a line where a developer looks, beside the service's own log. */
export function troublesIn(news: News): string[] {
  switch (news.kind) {
    case "started":
      return news.unloadable.map(({ handler, error }) => `${handler} cannot be loaded: ${error.errorMessage}`);
    case "exited":
      return [`its process ended (${reasonOf(news.exit)}) and is started again`];
    case "failed":
      return [];
    default:
      return news satisfies never;
  }
}

const reasonOf = ({ code, signal, isOutOfMemory }: SandboxExit) =>
  isOutOfMemory ? "out of memory" : (signal ?? `exit ${code}`);
