import type { Topology } from "@vsl/local-cloud/topology";
import { z } from "zod";

interface ReplicateAccess {
  /** With its version, such as `https://api.replicate.com/v1`. */
  baseUrl: string;
  token: string;
  fetch?: typeof globalThis.fetch;
}

const withinMs = 5_000;
const jobsWait = "Jobs are accepted, and wait until it can be used.";

/** What keeps jobs from Replicate, for whoever just started, or null; no reason not to start. Asking costs nothing. */
export async function checkReplicate({ baseUrl, token, fetch = globalThis.fetch }: ReplicateAccess) {
  try {
    const { status } = await fetch(`${baseUrl}/account`, {
      headers: { authorization: `Bearer ${token}` },
      redirect: "error",
      signal: AbortSignal.timeout(withinMs),
    });
    if (status === 401) return `Replicate refuses REPLICATE_API_TOKEN (401): start again with a valid one. ${jobsWait}`;
    return status >= 400 ? `Replicate answers ${status}. ${jobsWait}` : null;
  } catch (error) {
    return `Replicate cannot be reached at ${new URL(baseUrl).host} (${reasonOf(error)}). ${jobsWait}`;
  }
}

/** As the services are linked to it. */
export function replicateUrlIn({ functions }: Pick<Topology, "functions">): string {
  const link = functions.map(({ links }) => links["Replicate"]).find((found) => found !== undefined);
  return z.object({ baseUrl: z.url() }).parse(link).baseUrl;
}

/** Node hides why a connection failed in the cause's code. A header's error would quote the token: never the message. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const { cause } = error;
  return cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : error.name;
}
