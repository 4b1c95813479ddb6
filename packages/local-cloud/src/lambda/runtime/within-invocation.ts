import { InvokeStore, InvokeStoreBase } from "@aws/lambda-invoke-store";
import { traceHeader } from "../../iam/lineage.ts";
import type { Invocation } from "../invocation.ts";

const { REQUEST_ID, X_RAY_TRACE_ID } = InvokeStoreBase.PROTECTED_KEYS;

// The kind that keeps overlapping invocations apart, made before a handler is loaded: its SDK clients find this one.
const store = await InvokeStore.getInstanceAsync(true);

/** What a handler does carries its invocation's ids, as on Lambda: SDK clients send the trace header with each call. */
export const withinInvocation = <T>(
  { requestId, functionArn }: Pick<Invocation, "requestId" | "functionArn">,
  work: () => T,
): T => store.run({ [REQUEST_ID]: requestId, [X_RAY_TRACE_ID]: traceHeader(functionArn, Date.now()) }, work);
