import type { IncomingMessage } from "node:http";
import { OutputLost, OutputUnreachable } from "../output-errors.ts";
import type { OutputHosts } from "../output-hosts.ts";
import type { OpenedOutput } from "../store-output.ts";
import { requestOutput } from "./http-request.ts";
import { readResponse } from "./http-response.ts";

export interface HttpOutputsOptions {
  hosts: OutputHosts;
  maxBytes: number;
  patience?: Patience;
}

/** How long an upstream may take. */
export interface Patience {
  /** Between two pieces, and until the first. */
  idleMs: number;
  /** Until then nobody asks how fast an output comes. */
  graceMs: number;
  /** On average, once the grace is over; what is slower would only hold a place. */
  minBytesPerSecond: number;
}

const maxRedirects = 3;
const usualPatience: Patience = { idleMs: 15_000, graceMs: 30_000, minBytesPerSecond: 32 * 1024 };

/** Reads outputs from the hosts that are allowed, and from their public addresses only. `giveUpAt` is epoch milliseconds. */
export function createHttpOutputs({ hosts, maxBytes, patience = usualPatience }: HttpOutputsOptions) {
  const tooLarge = () =>
    new OutputLost("output_too_large", `The output is larger than the ${maxBytes} bytes that are stored at most.`);

  return async (address: string, giveUpAt: number): Promise<OpenedOutput> => {
    if (address.startsWith("data:")) return openDataUrl(address);
    const response = await follow(address, giveUpAt);
    try {
      const expectedBytes = promisedBytes(response);
      if ((expectedBytes ?? 0) > maxBytes) throw tooLarge();
      return {
        body: readResponse(response, { expectedBytes, maxBytes, patience, giveUpAt, tooLarge }),
        close: () => void response.destroy(),
      };
    } catch (error) {
      response.destroy();
      throw error;
    }
  };

  /** Every stop on the way is checked like the first. */
  async function follow(address: string, giveUpAt: number): Promise<IncomingMessage> {
    let url = parseUrl(address);
    for (let redirects = 0; redirects <= maxRedirects; redirects++) {
      const access = hosts.check(url);
      const response = await requestOutput(url, {
        access,
        timeoutMs: Math.min(patience.idleMs, giveUpAt - Date.now()),
      });
      const location = redirectOf(response);
      if (location === null) return checkStatus(url, response);
      response.destroy();
      url = parseUrl(location, url);
    }
    throw new OutputUnreachable(`${url.hostname} redirects in circles.`);
  }
}

function parseUrl(address: string, base?: URL): URL {
  const url = URL.parse(address, base?.href);
  if (!url) throw new OutputLost("output_host_refused", "The output's address is not a URL.");
  return url;
}

function redirectOf({ statusCode = 0, headers }: IncomingMessage): string | null {
  return statusCode >= 300 && statusCode < 400 ? (headers.location ?? null) : null;
}

function checkStatus({ hostname }: URL, response: IncomingMessage): IncomingMessage {
  const { statusCode } = response;
  if (statusCode === 200) return response;
  response.destroy();
  if (statusCode === 404 || statusCode === 410) {
    throw new OutputLost("output_missing", `${hostname} does not have the output (${statusCode}).`);
  }
  throw new OutputUnreachable(`${hostname} answered ${statusCode}.`);
}

function promisedBytes({ headers }: IncomingMessage): number | null {
  const bytes = Number(headers["content-length"] ?? Number.NaN);
  return Number.isSafeInteger(bytes) ? bytes : null;
}

/** An event has room for a megabyte, which bounds it. */
async function openDataUrl(address: string): Promise<OpenedOutput> {
  const bytes = await fetch(address)
    .then((response) => response.bytes())
    .catch((cause: unknown) => {
      throw new OutputLost("output_missing", "The output's data URL cannot be read.", { cause });
    });
  return {
    body: (async function* () {
      yield bytes;
    })(),
    close: () => {},
  };
}
