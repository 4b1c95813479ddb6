import type { FunctionError, Invocation, RuntimeArguments, RuntimeMessage } from "../invocation.ts";
import { maxResponseBytes } from "../limits.ts";
import { createContext } from "./context.ts";
import { describeError } from "./describe-error.ts";
import { loadHandler } from "./load-handler.ts";
import { withinInvocation } from "./within-invocation.ts";

// Both values come from our own host, over a private channel.
const { root, handlers } = JSON.parse(process.argv[2] ?? "") as RuntimeArguments;
process.on("message", (message) => void invoke(message as Invocation));

// Ctrl-C reaches the whole process group; the host decides when this process ends.
process.on("SIGINT", () => {});
// A host that was killed takes its functions with it; the reaper sees to those that are too busy to hear of it.
process.on("disconnect", () => process.exit(0));

const startedAt = performance.now();
const loaded = new Map(handlers.map((handler) => [handler, loadHandler(root, handler)]));
const unloadable: { handler: string; error: FunctionError }[] = [];
for (const [handler, loading] of loaded) {
  await loading.catch((error: unknown) => unloadable.push({ handler, error: describeError(error) }));
}
answer({ type: "ready", initMs: Math.round(performance.now() - startedAt), unloadable });

async function invoke(invocation: Invocation): Promise<void> {
  const { requestId } = invocation;
  try {
    const handle = await loaded.get(invocation.handler);
    if (handle === undefined) throw new Error(`${invocation.handler} was not loaded`);
    const event: unknown = JSON.parse(invocation.event);
    const returned: unknown = await withinInvocation(invocation, () => handle(event, createContext(invocation)));
    answer({ type: "returned", requestId, payload: toJson(returned) });
  } catch (error) {
    answer({ type: "failed", requestId, error: describeError(error) });
  }
}

function toJson(returned: unknown): string {
  let payload: string;
  try {
    payload = JSON.stringify(returned) ?? "null";
  } catch {
    throw Object.assign(new Error("Unable to stringify response body"), { name: "Runtime.MarshalError" });
  }
  if (Buffer.byteLength(payload) <= maxResponseBytes) return payload;
  const message = `Response payload size exceeded maximum allowed payload size (${maxResponseBytes} bytes).`;
  throw Object.assign(new Error(message), { name: "Function.ResponseSizeTooLarge" });
}

function answer(message: RuntimeMessage): void {
  // A host that is gone is noticed by `disconnect`; a failed send has nobody left to tell.
  process.send?.(message, undefined, {}, () => {});
}
