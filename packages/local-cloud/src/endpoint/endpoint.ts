import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { answerJson, type JsonService } from "./json-service.ts";

export interface EndpointParts {
  services: JsonService[];
  /** Whatever carries no `X-Amz-Target` is S3's. */
  s3: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  report: (line: { level: "WARN" | "ERROR"; message: string; error?: unknown }) => void;
}

/** The one AWS endpoint of the machine (`AWS_ENDPOINT_URL`): tells the services apart as their wire protocols do. */
export function createEndpoint({ services, s3, report }: EndpointParts): Server {
  const server = createServer((request, response) => {
    const target = request.headers["x-amz-target"];
    const service = services.find(
      ({ targetPrefix }) => typeof target === "string" && target.startsWith(`${targetPrefix}.`),
    );
    const answered = service ? answerJson(service, request, response, report) : s3(request, response);
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
