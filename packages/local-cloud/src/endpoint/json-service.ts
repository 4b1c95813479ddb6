import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { gunzipSync } from "node:zlib";
import { AwsError } from "./aws-error.ts";

/** A service of AWS's JSON protocol: `X-Amz-Target: <targetPrefix>.<operation>`, one JSON object in, one out. */
export interface JsonService {
  readonly targetPrefix: string;
  readonly jsonVersion: "1.0" | "1.1";
  /** The `__type` that AWS puts before an error's code, such as `com.amazonaws.sqs#`; empty where AWS has none. */
  readonly errorNamespace: string;
  /**
   * Throws `AwsError`; an operation that is not claimed must throw `unknownOperation(operation)`. The signal says that the
   * caller has gone away: only what waits (a long poll) needs to heed it.
   */
  call(operation: string, input: Record<string, unknown>, options?: { signal?: AbortSignal }): Promise<unknown>;
}

export const unknownOperation = (operation: string) =>
  new AwsError("UnknownOperationException", `The operation ${operation} is not supported by this endpoint.`);

/** A call as it came in, before the service has looked at it. */
interface JsonCall {
  targetPrefix: string;
  operation: string;
  input: Record<string, unknown>;
  headers: IncomingHttpHeaders;
  url: string | undefined;
}

export interface JsonPorts {
  /** Hears of unknown operations and of our own faults. */
  report: (line: { level: "WARN" | "ERROR"; message: string; error?: unknown }) => void;
  /** Throws what a caller is told who may not do this. Without it everybody may do everything. */
  authorize?: ((call: JsonCall) => void) | undefined;
}

/** Answers one HTTP request of the JSON protocol. */
export async function answerJson(
  service: JsonService,
  { request, response }: { request: IncomingMessage; response: ServerResponse },
  { report, authorize }: JsonPorts,
): Promise<void> {
  const { targetPrefix } = service;
  const { headers, url } = request;
  const operation = String(headers["x-amz-target"]).slice(targetPrefix.length + 1);
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  let status = 200;
  let body: unknown;
  let queryError: string | undefined;
  try {
    const input = await readJson(request);
    authorize?.({ targetPrefix, operation, input, headers, url });
    body = (await service.call(operation, input, { signal: gone.signal })) ?? {};
  } catch (error) {
    const failure =
      error instanceof AwsError ? error : new AwsError("InternalFailure", "Internal error", { status: 500 });
    if (failure.code === "UnknownOperationException") {
      report({ level: "WARN", message: `unsupported operation ${targetPrefix}.${operation}` });
    } else if (failure !== error) {
      report({ level: "ERROR", message: `${targetPrefix}.${operation} failed`, error });
    }
    status = failure.status;
    const type = failure.type ?? service.errorNamespace + failure.code;
    body = { __type: type, message: failure.message, ...failure.members };
    if (failure.queryCode) queryError = `${failure.queryCode};${status < 500 ? "Sender" : "Receiver"}`;
  }
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": `application/x-amz-json-${service.jsonVersion}`,
    "content-length": Buffer.byteLength(text),
    "x-amzn-requestid": randomUUID(),
    ...(queryError && { "x-amzn-query-error": queryError }),
  });
  response.end(text);
}

async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const raw = Buffer.concat(chunks);
  const text = (request.headers["content-encoding"] === "gzip" ? gunzipSync(raw) : raw).toString("utf8");
  try {
    const parsed: unknown = text === "" ? {} : JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  } catch {
    throw new AwsError("SerializationException", "The request body is not valid JSON.");
  }
  throw new AwsError("SerializationException", "The request body is not a JSON object.");
}
