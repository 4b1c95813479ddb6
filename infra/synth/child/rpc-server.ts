import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { account, region } from "./place.ts";

export type RpcHandlers = Record<string, (params: never) => unknown>;

/** The answers of SST's CLI that need no machine of AWS. */
export const bootstrapAnswers: RpcHandlers = {
  "Provider.Aws.Bootstrap": () => ({
    asset: "sst-asset-test",
    assetEcrRegistryId: account,
    assetEcrUrl: `${account}.dkr.ecr.${region}.amazonaws.com/sst-asset`,
    state: "sst-state-test",
    appsyncHttp: "http.appsync.test",
    appsyncRealtime: "realtime.appsync.test",
  }),
  "Provider.Aws.Appsync": () => ({ http: "http.appsync.test", realtime: "realtime.appsync.test" }),
};

/** The JSON-RPC server that SST's components call at `SST_SERVER`. Returns its URL; it holds no process open. */
export async function startRpcServer(handlers: RpcHandlers): Promise<string> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method, params } = JSON.parse(Buffer.concat(chunks).toString());
    response.setHeader("connection", "close");
    response.end(JSON.stringify(await answer(handlers, method, params)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function answer(handlers: RpcHandlers, method: string, params: unknown[]) {
  const handler = handlers[method];
  if (!handler) return { error: `rpc: can't find method ${method}` };
  try {
    return { result: await handler(params[0] as never) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
