import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { AwsError } from "../../endpoint/aws-error.ts";
import type { Report } from "../../report.ts";
import type { FunctionTopology } from "../../topology.ts";
import { describeConfiguration, describeFunction } from "./describe-function.ts";
import { findFunction } from "./function-name.ts";
import { type InvokeAnswer, type InvokePorts, invokeFunction } from "./invoke-function.ts";
import { pageOfFunctions } from "./list-functions.ts";

export interface LambdaApiOptions extends InvokePorts {
  functions: FunctionTopology[];
  region: string;
  account: string;
  /** Throws what a caller is told who may not do this. Without it everybody may do everything. */
  authorize?: (request: IncomingMessage) => void;
  report: Report;
}

export type LambdaApi = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

const route = /^\/2015-03-31\/functions(?:\/(?<name>[^/]+)(?:\/(?<part>[^/]+))?)?\/?$/;

/** Lambda's REST API, as far as a machine needs it whose functions come from a topology: Invoke, and looking at what is there. */
export function createLambdaApi(options: LambdaApiOptions): LambdaApi {
  const { functions, region, account, report } = options;
  const place = { region, account };
  const known = { ...place, byName: new Map(functions.map((fn) => [fn.name, fn])) };

  async function answer(request: IncomingMessage): Promise<InvokeAnswer> {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    options.authorize?.(request);
    const { name, part } = route.exec(pathname)?.groups ?? {};
    const find = () => findFunction(decodeURIComponent(name ?? ""), searchParams.get("Qualifier"), known);
    switch (`${request.method} ${name === undefined ? pathname : ["{name}", part].filter(Boolean).join("/")}`) {
      case "POST {name}/invocations":
        return invokeFunction(find(), request, options);
      case "GET {name}":
        return json(describeFunction(find(), place));
      case "GET {name}/configuration":
        return json(describeConfiguration(find(), place));
      case "GET /2015-03-31/functions":
      case "GET /2015-03-31/functions/": {
        const { page, nextMarker } = pageOfFunctions(functions, searchParams);
        return json({ Functions: page.map((fn) => describeConfiguration(fn, place)), NextMarker: nextMarker });
      }
      default:
        report({ level: "WARN", message: `unsupported operation of Lambda: ${request.method} ${pathname}` });
        throw new AwsError("UnknownOperationException", "The operation is not supported by this endpoint.", {
          status: 404,
        });
    }
  }

  return async (request, response) => {
    try {
      const { status, requestId, headers, body } = await answer(request);
      send(response, status, { ...headers, "x-amzn-requestid": requestId }, body);
    } catch (error) {
      if (!(error instanceof AwsError)) report({ level: "ERROR", message: "Lambda's API failed", error });
      const failure =
        error instanceof AwsError ? error : new AwsError("ServiceException", "Internal error", { status: 500 });
      // Lambda writes the word in capitals where nothing was found, and small elsewhere.
      const message = failure.status === 404 ? { Message: failure.message } : { message: failure.message };
      const headers = { "x-amzn-errortype": failure.code, "x-amzn-requestid": randomUUID() };
      send(response, failure.status, headers, JSON.stringify({ ...failure.members, ...message }));
    }
  };
}

const json = (value: unknown): InvokeAnswer => ({ status: 200, requestId: randomUUID(), body: JSON.stringify(value) });

function send(response: ServerResponse, status: number, headers: Record<string, string>, body = ""): void {
  response.writeHead(status, {
    "content-type": "application/json",
    ...(status !== 204 && { "content-length": Buffer.byteLength(body) }),
    ...headers,
  });
  response.end(body);
}
