import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { AwsError } from "../endpoint/aws-error.ts";
import type { Outcome } from "../lambda/invocation.ts";
import type { Report } from "../report.ts";
import type { Topology } from "../topology.ts";
import { type Answer, messageAnswer, toAnswer } from "./answer.ts";
import { createCorsRules } from "./cors.ts";
import { parseUrl, toEvent } from "./event.ts";
import { announcesTooMuch, readBody } from "./read-body.ts";
import { compileRoutes } from "./routes.ts";

export interface GatewayOptions {
  routes: Topology["routes"];
  cors?: Topology["cors"];
  invoke: (functionName: string, event: unknown) => Promise<Outcome>;
  account: string;
  apiId: string;
  report: Report;
  now?: () => number;
  integrationTimeoutMs?: number;
}

export interface Gateway {
  /** To be listened on by the caller; answers 503 until it is opened. */
  readonly server: Server;
  open(): void;
  /** Lets what is under way finish for at most `graceMs`. */
  close(graceMs?: number): Promise<void>;
}

const maxHeaderBytes = 10_240;
/** How long a client that sends too much may go on sending before its answer is torn away. */
const drainMs = 2_000;

/** An HTTP API of API Gateway: its routes, its payload format 2.0, its limits and its errors. */
export function createGateway(options: GatewayOptions): Gateway {
  const { routes, invoke, account, apiId, report, now = Date.now, integrationTimeoutMs = 30_000 } = options;
  const match = compileRoutes(routes);
  const cors = createCorsRules(options.cors ?? null);
  let isOpen = false;

  const server = createServer({ maxHeaderSize: maxHeaderBytes }, listen);
  server.keepAliveTimeout = 65_000;
  server.on("clientError", refuse);
  server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
    if (!announcesTooMuch(request)) response.writeContinue();
    listen(request, response);
  });

  function listen(request: IncomingMessage, response: ServerResponse): void {
    const requestId = randomBytes(11).toString("base64");
    const { method = "GET", headers } = request;
    const preflight = isOpen ? cors.answerPreflight(method, headers) : undefined;
    if (preflight !== undefined) {
      send(response, preflight, requestId);
      return;
    }
    answerTo(request, requestId)
      .then((answer) => send(response, cors.apply(answer, headers), requestId))
      .catch((error: unknown) => {
        // A client that went away while it was sending is nobody's fault.
        if (!request.destroyed) report({ level: "ERROR", message: "the gateway could not answer", error });
        response.destroy();
      });
  }

  async function answerTo(request: IncomingMessage, requestId: string): Promise<Answer> {
    if (!isOpen) return messageAnswer(503, "Service Unavailable");
    const { method = "GET", url = "/", httpVersion, rawHeaders, socket } = request;
    const path = pathOf(url);
    if (path === undefined) return messageAnswer(400, "Bad Request");
    const route = match(method, path);
    if (route === undefined) return messageAnswer(404, "Not Found");
    const body = await readBody(request);
    if (body === undefined) return tooLarge(request);
    const event = toEvent(
      {
        method,
        url,
        protocol: `HTTP/${httpVersion}`,
        rawHeaders,
        body,
        sourceIp: (socket.remoteAddress ?? "").replace(/^::ffff:/, ""),
        port: socket.localPort ?? 0,
      },
      route,
      { accountId: account, apiId, requestId, traceId: traceId(now()), now: now() },
    );
    return integrate(route.function, event);
  }

  async function integrate(functionName: string, event: unknown): Promise<Answer> {
    const invoked = invoke(functionName, event).then(toAnswerOf, (error: unknown) => {
      if (error instanceof AwsError && error.status === 413) return messageAnswer(413, "Request Entity Too Large");
      report({ level: "ERROR", message: `the gateway could not invoke ${functionName}`, error });
      return messageAnswer(500, "Internal Server Error");
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Answer>((resolve) => {
      timer = setTimeout(() => resolve(messageAnswer(503, "Service Unavailable")), integrationTimeoutMs);
    });
    return Promise.race([invoked, late]).finally(() => clearTimeout(timer));
  }

  return {
    server,
    open: () => {
      isOpen = true;
    },
    async close(graceMs = 1_000) {
      isOpen = false;
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      const timer = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

function pathOf(url: string): string | undefined {
  try {
    return url.startsWith("/") ? parseUrl(url).rawPath : undefined;
  } catch {
    return undefined;
  }
}

function toAnswerOf(outcome: Outcome): Answer {
  switch (outcome.kind) {
    case "returned":
      return toAnswer(outcome.payload);
    case "failed":
      return messageAnswer(500, "Internal Server Error");
    case "throttled":
      return messageAnswer(503, "Service Unavailable");
    default:
      return outcome satisfies never;
  }
}

/** The rest is read away for a while, else the client would see a reset instead of the answer. */
function tooLarge(request: IncomingMessage): Answer {
  request.resume();
  const timer = setTimeout(() => request.destroy(), drainMs);
  request.once("close", () => clearTimeout(timer));
  const answer = messageAnswer(413, "Request Entity Too Large");
  return { ...answer, headers: [...answer.headers, ["connection", "close"]] };
}

function send(response: ServerResponse, { status, headers, body }: Answer, requestId: string): void {
  for (const [name, value] of headers) response.appendHeader(name, value);
  response.setHeader("apigw-requestid", requestId);
  if (status !== 204) response.setHeader("content-length", body.length);
  response.statusCode = status;
  response.end(body);
}

/** For what is not even a request: Node's own answers have no body. */
function refuse(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const [status, message] =
    error.code === "HPE_HEADER_OVERFLOW" ? ["431", "Request Header Fields Too Large"] : ["400", "Bad Request"];
  const body = JSON.stringify({ message });
  socket.end(
    `HTTP/1.1 ${status} ${message}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  );
}

const traceId = (now: number) =>
  `Root=1-${Math.floor(now / 1000)
    .toString(16)
    .padStart(8, "0")}-${randomBytes(12).toString("hex")}`;
