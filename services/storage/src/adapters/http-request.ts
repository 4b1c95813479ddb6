import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { OutputUnreachable } from "../output-errors.ts";
import { isPrivateLiteral, lookupPublic } from "./public-address.ts";

export interface RequestOptions {
  /** Whether the host may be on a private address. */
  access: { private: boolean };
  /** Until the headers are there. */
  timeoutMs: number;
}

/** One GET, without following redirects. Its answer comes before its body. */
export function requestOutput(url: URL, { access, timeoutMs }: RequestOptions): Promise<IncomingMessage> {
  const unreachable = (why: string, cause?: unknown) => new OutputUnreachable(`${url.hostname} ${why}.`, { cause });
  if (!access.private && isPrivateLiteral(url.hostname)) return Promise.reject(unreachable("is no public address"));

  return new Promise((resolve, reject) => {
    const { get } = url.protocol === "https:" ? https : http;
    const request = get(url, {
      // A connection of its own: one that was kept over a freeze of the sandbox would be dead.
      agent: false,
      headers: { "accept-encoding": "identity", "user-agent": "vsl-storage" },
      ...(!access.private && { lookup: lookupPublic }),
    });
    const timer = setTimeout(() => request.destroy(new Error("timeout")), Math.max(0, timeoutMs));
    request.once("response", (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    // Stays for the body's time: a connection that breaks then is told by the body too.
    request.on("error", (cause) => {
      clearTimeout(timer);
      reject(unreachable("did not answer", cause));
    });
  });
}
