import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { answerJson, type JsonPorts, type JsonService } from "./json-service.ts";

type RestService = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface EndpointParts extends JsonPorts {
  services: JsonService[];
  /** Whatever carries no `X-Amz-Target` and is not Lambda's is S3's. */
  s3: RestService;
  lambda?: RestService;
}

/** The one AWS endpoint of the machine (`AWS_ENDPOINT_URL`): tells the services apart as their wire protocols do. */
export function createEndpoint({ services, s3, lambda, report, authorize }: EndpointParts): Server {
  const server = createServer((request, response) => {
    const target = request.headers["x-amz-target"];
    const service = services.find(
      ({ targetPrefix }) => typeof target === "string" && target.startsWith(`${targetPrefix}.`),
    );
    const rest = lambda !== undefined && isForLambda(request) ? lambda : s3;
    const answered = service
      ? answerJson(service, { request, response }, { report, authorize })
      : rest(request, response);
    answered.catch((error: unknown) => {
      report({ level: "ERROR", message: "the endpoint could not answer", error });
      response.destroy();
    });
  });
  server.keepAliveTimeout = 65_000;
  // A large object may take longer to come in than the five minutes that Node gives.
  server.requestTimeout = 0;
  return server;
}

/** By the signature's scope, since a bucket may have any name; by the path for those who do not sign. */
function isForLambda({ url = "", headers }: IncomingMessage): boolean {
  const scope = /Credential=[^,\s]*\/([^/,\s]+)\/aws4_request/.exec(headers.authorization ?? "")?.[1];
  return scope === undefined ? url.startsWith("/2015-03-31/functions") : scope === "lambda";
}
