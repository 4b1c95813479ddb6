import type { IncomingMessage } from "node:http";

/** API Gateway's limit, which is above the 6 MB that Lambda itself takes. */
const maxBodyBytes = 10 * 1024 * 1024;

export const announcesTooMuch = (request: IncomingMessage) => Number(request.headers["content-length"]) > maxBodyBytes;

/** The whole body, or `undefined` as soon as it is known to be too large: never more than the limit is held. */
export async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  if (announcesTooMuch(request)) return undefined;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
