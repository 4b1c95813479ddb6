import type { IncomingMessage, ServerResponse } from "node:http";
import type { LambdaHost } from "../lambda/host.ts";
import type { Outcome } from "../lambda/invocation.ts";
import type { JsonService } from "./json-service.ts";

/** A call that AWS would bill for, once it is answered; calls of the cloud's own parts (pollers, rules) included. */
export type ObservedCall =
  | {
      /** The prefix of `X-Amz-Target`, such as `AmazonSQS`. */
      service: string;
      operation: string;
      input: Record<string, unknown>;
      /** Absent when the call failed. */
      output?: unknown;
      error?: unknown;
    }
  | { service: "S3"; method: string; url: string; status: number }
  | { service: "Lambda"; functionName: string; durationMs: number; outcome: Outcome["kind"] };

export type Observe = (call: ObservedCall) => void;

type Call = JsonService["call"];
type Rest = (request: IncomingMessage, response: ServerResponse) => Promise<void>;
type Invoke = LambdaHost["invoke"];

/** The service as it was, with somebody who watches. */
export function observeJson<S extends JsonService>(service: S, observe: Observe | undefined): S {
  if (!observe) return service;
  const call: Call = async (operation, given, options) => {
    const input = askForCapacity(service, given);
    const seen = { service: service.targetPrefix, operation, input };
    try {
      const output = await service.call(operation, input, options);
      observe({ ...seen, output });
      return output;
    } catch (error) {
      observe({ ...seen, error });
      throw error;
    }
  };
  return { ...service, call };
}

/** DynamoDB tells what an operation costs only when asked to. */
const askForCapacity = ({ targetPrefix }: JsonService, input: Record<string, unknown>) =>
  targetPrefix.startsWith("DynamoDB") ? { ReturnConsumedCapacity: "INDEXES", ...input } : input;

export function observeS3(handle: Rest, observe: Observe | undefined): Rest {
  if (!observe) return handle;
  return async (request, response) => {
    await handle(request, response);
    const { method = "", url = "" } = request;
    observe({ service: "S3", method, url, status: response.statusCode });
  };
}

export function observeInvocations(invoke: Invoke, observe: Observe | undefined): Invoke {
  if (!observe) return invoke;
  return async (functionName, ...more) => {
    const startedAt = performance.now();
    const outcome = await invoke(functionName, ...more);
    const durationMs = performance.now() - startedAt;
    observe({ service: "Lambda", functionName, durationMs, outcome: outcome.kind });
    return outcome;
  };
}
