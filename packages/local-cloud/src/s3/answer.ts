import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { AwsError } from "../endpoint/aws-error.ts";
import type { Answer } from "./call.ts";
import { httpDate } from "./object-headers.ts";
import { s3Error } from "./s3-error.ts";
import { renderBareXml } from "./xml.ts";

export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  requestId: string;
  /** Epoch milliseconds. */
  now: number;
}

export const createRequestId = (): string => randomBytes(8).toString("hex").toUpperCase();

/** Sends an answer whole; a client that goes away ends it quietly. */
export async function sendAnswer({ request, response, requestId, now }: Exchange, answer: Answer): Promise<void> {
  const { status, headers, xml, stream } = answer;
  try {
    response.writeHead(status, {
      server: "AmazonS3",
      date: httpDate(now),
      "x-amz-request-id": requestId,
      "x-amz-id-2": Buffer.from(requestId).toString("base64"),
      ...(xml !== undefined && { "content-type": "application/xml", "content-length": Buffer.byteLength(xml) }),
      ...(xml === undefined && !stream && status === 200 && { "content-length": 0 }),
      ...headers,
    });
    if (stream) await pipeline(stream, response);
    else response.end(xml);
  } catch (error) {
    if (!isGone(error)) throw error;
  } finally {
    stream?.destroy();
    // What the client still sends is read and dropped, or it would never come to read the answer.
    request.resume();
  }
}

/** Whether the client left before it had the whole answer. */
function isGone(error: unknown): boolean {
  const gone = ["ERR_STREAM_PREMATURE_CLOSE", "ERR_STREAM_DESTROYED", "ECONNRESET", "EPIPE"];
  return error instanceof Error && "code" in error && gone.some((code) => code === error.code);
}

export function answerOfError(error: unknown, { request, requestId }: Exchange): Answer {
  const known = error instanceof AwsError ? error : s3Error("InternalError");
  const members = Object.fromEntries(Object.entries(known.members).map(([name, value]) => [name, String(value)]));
  if (request.method === "HEAD") return { status: known.status };
  return {
    status: known.status,
    xml: renderBareXml("Error", {
      Code: known.code,
      Message: known.message,
      ...members,
      RequestId: requestId,
      HostId: "local",
    }),
  };
}
