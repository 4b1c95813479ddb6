import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { AwsError } from "../../endpoint/aws-error.ts";
import type { FunctionTopology } from "../../topology.ts";
import type { InvokeOptions, Outcome } from "../invocation.ts";
import { maxRequestBytes } from "../limits.ts";
import { validationError } from "./function-name.ts";

export interface InvokePorts {
  /** The outcome, waited for. */
  invoke: (functionName: string, event: unknown, options: InvokeOptions) => Promise<Outcome>;
  /** Takes an event that nobody waits for, and returns its request's id once it cannot be lost. */
  accept: (functionName: string, event: unknown, options: { clientContext?: string | undefined }) => string;
}

export interface InvokeAnswer {
  status: 200 | 202 | 204;
  requestId: string;
  headers?: Record<string, string>;
  body?: string;
}

/** Invoke, in its three types. */
export async function invokeFunction(
  fn: FunctionTopology,
  request: IncomingMessage,
  ports: InvokePorts,
): Promise<InvokeAnswer> {
  const type = header(request, "x-amz-invocation-type") ?? "RequestResponse";
  if (!["Event", "RequestResponse", "DryRun"].includes(type)) {
    throw validationError(
      `Value '${type}' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [Event, RequestResponse, DryRun]`,
    );
  }
  if (header(request, "x-amz-log-type") === "Tail") {
    // Functions of a service share a process here, and so their output: no part of it is one invocation's own.
    throw invalidParameter("LogType Tail is not supported by this endpoint: read the service's log instead.");
  }
  const clientContext = readClientContext(header(request, "x-amz-client-context"));
  const event = parseEvent(await readBody(request));
  if (type === "DryRun") return { status: 204, requestId: randomUUID() };
  if (type === "Event") return { status: 202, requestId: ports.accept(fn.name, event, { clientContext }) };

  const requestId = randomUUID();
  const outcome = await ports.invoke(fn.name, event, { requestId, clientContext });
  const headers = { "x-amz-executed-version": "$LATEST" };
  switch (outcome.kind) {
    case "returned":
      return { status: 200, requestId, headers, body: JSON.stringify(outcome.payload) };
    case "failed": {
      const body = JSON.stringify(outcome.error);
      return { status: 200, requestId, headers: { ...headers, "x-amz-function-error": "Unhandled" }, body };
    }
    case "throttled":
      throw new AwsError("TooManyRequestsException", "Rate Exceeded.", {
        status: 429,
        members: {
          Reason:
            fn.reservedConcurrency === null
              ? "ConcurrentInvocationLimitExceeded"
              : "ReservedFunctionConcurrentInvocationLimitExceeded",
          Type: "User",
        },
      });
    default:
      return outcome satisfies never;
  }
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" ? value : undefined;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    // The rest is read away, else the caller would see a reset instead of the answer.
    if (bytes <= maxRequestBytes) chunks.push(chunk);
  }
  if (bytes <= maxRequestBytes) return Buffer.concat(chunks).toString("utf8");
  const message = `Request must be smaller than ${maxRequestBytes} bytes for the InvokeFunction operation`;
  throw new AwsError("RequestTooLargeException", message, { status: 413, members: { Type: "User" } });
}

function parseEvent(text: string): unknown {
  if (text === "") return {};
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `Could not parse request body into json: ${reason}`;
    throw new AwsError("InvalidRequestContentException", message, { members: { Type: "User" } });
  }
}

function readClientContext(encoded: string | undefined): string | undefined {
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  try {
    JSON.parse(text);
    return text;
  } catch {
    throw invalidParameter("Client context must be a valid Base64-encoded JSON object.");
  }
}

const invalidParameter = (message: string) =>
  new AwsError("InvalidParameterValueException", message, { members: { Type: "User" } });
