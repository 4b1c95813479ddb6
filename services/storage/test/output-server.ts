import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";

/** A small upstream on a free port; each path has its own behaviour. */
export async function startOutputServer(routes: Readonly<Record<string, RequestListener>>) {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    requests.push(path);
    const route = routes[path];
    if (route) return route(request, response);
    response.writeHead(404).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    host: `127.0.0.1:${address.port}`,
    url: (path: string) => `http://127.0.0.1:${address.port}${path}`,
    /** The paths asked for, in order. */
    requests,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Serves a file as upstream does. */
export const serve =
  (body: Buffer, contentType = "application/octet-stream"): RequestListener =>
  (_request, response) => {
    response.writeHead(200, { "content-type": contentType, "content-length": body.length });
    response.end(body);
  };
