import { Rejected } from "@vsl/events";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { BucketUnavailable } from "./media-bucket.ts";
import type { MediaRequest } from "./open-media-link.ts";

/** One line a request; never the link, which is a key to the media. `httpStatus`, since `status` is a job's in our logs. */
export interface RequestLine {
  level: "INFO" | "ERROR";
  message: "request";
  method: string;
  route: string;
  httpStatus: number;
  processingTime: number;
  jobId?: string;
  code?: string;
  error?: string;
}

export interface AnswerMediaRequestPorts {
  /** Gives the URL to go on to. */
  openMediaLink: (request: MediaRequest) => Promise<string>;
  log: (line: RequestLine) => void;
  now?: () => number;
}

export interface HttpAnswer {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

type Request = Pick<APIGatewayProxyEventV2, "pathParameters" | "queryStringParameters">;

/** `GET /media/{jobId}/{file}` of an HTTP API: the one place in this service where errors become HTTP. */
export function answerMediaRequest({ openMediaLink, log, now = Date.now }: AnswerMediaRequestPorts) {
  return async ({ pathParameters, queryStringParameters }: Request): Promise<HttpAnswer> => {
    const started = now();
    const { jobId = "", file = "" } = pathParameters ?? {};
    const { answer, ...noted } = await openMediaLink({ jobId, file, query: queryStringParameters ?? {} }).then(
      (location) => ({ answer: answerOf(302, "", { location }) }),
      answerOfError,
    );
    const httpStatus = answer.statusCode;
    log({
      level: httpStatus >= 500 ? "ERROR" : "INFO",
      message: "request",
      method: "GET",
      route: "/media/{jobId}/{file}",
      httpStatus,
      processingTime: now() - started,
      // Whatever stands in the path of a link that is not ours is nobody's job.
      ...(httpStatus < 400 && { jobId }),
      ...noted,
    });
    return answer;
  };
}

const statusOfCode: Readonly<Record<string, number>> = {
  "link.expired": 403,
  "link.tampered": 403,
  "media.unknown": 404,
};
const retryAfter = 5;

/** What is not known here is our bug: the caller learns nothing of it. */
function answerOfError(error: unknown): { answer: HttpAnswer; code?: string; error?: string } {
  if (error instanceof Rejected) {
    const { code, message } = error;
    return { answer: json(statusOfCode[code] ?? 400, { error: message, code }), code };
  }
  const name = error instanceof Error ? error.name : "unknown";
  if (error instanceof BucketUnavailable) {
    const body = { error: "The service is unavailable for the moment", code: "unavailable", retryAfter };
    return { answer: json(503, body, { "retry-after": String(retryAfter) }), code: body.code, error: error.message };
  }
  return { answer: json(500, { error: "Internal error", code: "internal" }), code: "internal", error: name };
}

const json = (statusCode: number, body: object, headers: Record<string, string> = {}) =>
  answerOf(statusCode, JSON.stringify(body), { "content-type": "application/json", ...headers });

/** Redirects carry a signature and refusals depend on the clock: neither may be kept by anybody. */
const answerOf = (statusCode: number, body: string, headers: Record<string, string>): HttpAnswer => ({
  statusCode,
  headers: { "cache-control": "private, no-store", ...headers },
  body,
});
