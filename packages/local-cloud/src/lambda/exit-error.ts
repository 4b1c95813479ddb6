import type { FunctionError } from "./invocation.ts";
import type { Exit } from "./service-process.ts";

/** Lambda's words for an invocation whose process went away under it. */
export function exitError(requestId: string, { code, signal }: Exit): FunctionError {
  const reason =
    signal !== null
      ? `exited with error: signal: ${signal === "SIGKILL" ? "killed" : signal}`
      : code === 0
        ? "exited without providing a reason"
        : `exited with error: exit status ${code ?? "unknown"}`;
  return {
    errorType: "Runtime.ExitError",
    errorMessage: `RequestId: ${requestId} Error: Runtime ${reason}`,
  };
}

/** Lambda's words for an invocation that took longer than its function may. */
export const timeoutError = (requestId: string, timeoutSeconds: number): FunctionError => ({
  errorType: "Sandbox.Timedout",
  errorMessage: `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`,
});
