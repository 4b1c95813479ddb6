import type { FunctionError } from "./invocation.ts";
import type { Exit } from "./service-process.ts";

export interface SandboxExit extends Exit {
  /** We ended it, since it held more memory than its functions may. */
  isOutOfMemory: boolean;
}

/** As Lambda's supervisor, written in Go, names signals. */
const signalNames: Partial<Record<NodeJS.Signals, string>> = {
  SIGABRT: "aborted",
  SIGKILL: "killed",
  SIGSEGV: "segmentation fault",
  SIGTERM: "terminated",
};

/** Lambda's words for an invocation whose process went away under it. */
export function exitError(requestId: string, { code, signal, isOutOfMemory }: SandboxExit): FunctionError {
  const reason =
    signal !== null
      ? `exited with error: signal: ${signalNames[signal] ?? signal}`
      : code === 0
        ? "exited without providing a reason"
        : `exited with error: exit status ${code ?? "unknown"}`;
  return {
    errorType: isOutOfMemory ? "Runtime.OutOfMemory" : "Runtime.ExitError",
    errorMessage: `RequestId: ${requestId} Error: Runtime ${reason}`,
  };
}

/** Lambda's words for an invocation that took longer than its function may. */
export const timeoutError = (requestId: string, timeoutSeconds: number): FunctionError => ({
  errorType: "Sandbox.Timedout",
  errorMessage: `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`,
});
