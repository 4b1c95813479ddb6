import { BlockList, isIP } from "node:net";
import { type JobId, jobIdSchema } from "@vsl/events";

const unroutable = new BlockList();
for (const [network, prefix] of [
  ["127.0.0.0", 8],
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["169.254.0.0", 16],
  ["0.0.0.0", 8],
] as const)
  unroutable.addSubnet(network, prefix, "ipv4");
unroutable.addSubnet("::", 127, "ipv6");
unroutable.addSubnet("fc00::", 7, "ipv6");
unroutable.addSubnet("fe80::", 10, "ipv6");

interface CallBack {
  apiUrl: string;
  upstreamUrl: string;
}

/** Where upstream shall call back about a job; null when it could not: then the reconciler polls. */
export const webhookUrlOf = (jobId: JobId, callBack: CallBack) =>
  canCallBack(callBack) ? `${callBack.apiUrl.replace(/\/+$/, "")}/webhook/replicate?jobId=${jobId}` : null;

/** Replicate calls only public HTTPS; a stand-in on this machine reaches whatever this machine does. */
export function canCallBack({ apiUrl, upstreamUrl }: CallBack): boolean {
  const api = new URL(apiUrl);
  return isLocal(new URL(upstreamUrl)) || (api.protocol === "https:" && !isLocal(api));
}

function isLocal({ hostname }: URL): boolean {
  const host = hostname.replace(/^\[|\]$/g, "");
  const family = isIP(host);
  if (family === 0) return host === "localhost" || host.endsWith(".localhost") || host.endsWith(".local");
  return unroutable.check(host, family === 6 ? "ipv6" : "ipv4");
}

/** The job that a webhook URL names. Whoever sends it may have written it: a hint, never proof. */
export function jobNamedIn(webhookUrl: string | null): JobId | null {
  if (!webhookUrl || !URL.canParse(webhookUrl)) return null;
  const named = jobIdSchema.safeParse(new URL(webhookUrl).searchParams.get("jobId"));
  return named.success ? named.data : null;
}
