import { bad, good, type Verdict } from "./check.ts";

/** An answer, or why none came. */
export type Answer = { status: number; location: string | null } | { unreachable: Unreachable };

interface Unreachable {
  cause: string;
  next: string;
}

export type Call = (
  path: string,
  init?: { method?: string; headers?: Record<string, string>; body?: string },
) => Promise<Answer>;

const withinMs = 15_000;

/** Calls as Replicate and callers do, but follows no redirect: a webhook's signature does not survive one. */
export function createCall(baseUrl: string, { fetch = globalThis.fetch } = {}): Call {
  return async (path, init = {}) => {
    const url = `${baseUrl.replace(/\/+$/, "")}${path}`;
    try {
      const answer = await fetch(url, { ...init, redirect: "manual", signal: AbortSignal.timeout(withinMs) });
      await answer.body?.cancel();
      return { status: answer.status, location: answer.headers.get("location") };
    } catch (error) {
      return { unreachable: explainUnreachable(error, new URL(url).host) };
    }
  };
}

/** Good when the status is among those expected. */
export function judgeAnswer(
  answer: Answer,
  { expected, next }: { expected: readonly number[]; next: string },
): Verdict {
  if ("unreachable" in answer) return bad(answer.unreachable.cause, answer.unreachable.next);
  const { status, location } = answer;
  if (expected.includes(status)) return good(String(status));
  if (status >= 300 && status < 400) {
    return bad(
      `it redirects (${status}) to ${location ?? "nowhere"}`,
      "Replicate follows no redirects: give the API's own address to whatever stands before it.",
    );
  }
  const wanted = expected.join(" or ");
  return bad(`it answers ${status} instead of ${wanted}`, nextFor(status) ?? next);
}

function nextFor(status: number): string | null {
  if (status === 403)
    return "Something before the API refuses the call: look for a firewall (WAF) rule or a resource policy.";
  if (status === 429) return "The API is throttled: try again in a minute.";
  if (status >= 500) return "The function fails or is not there: read its log and its service's query errors.";
  return null;
}

function explainUnreachable(error: unknown, host: string): Unreachable {
  const code = codeOf(error);
  if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code)) {
    return {
      cause: `TLS to ${host} fails (${code})`,
      next: "Replace the certificate, or the proxy that puts its own in.",
    };
  }
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return { cause: `no DNS has the name ${host} (${code})`, next: "Is the stage deployed, and this machine online?" };
  }
  if (code === "ECONNREFUSED") {
    return {
      cause: `nothing listens at ${host}`,
      next: "Start or deploy it; a firewall may also refuse the connection.",
    };
  }
  if (/Timeout|TIMEDOUT|TIMEOUT/.test(code)) {
    return {
      cause: `${host} does not answer (${code})`,
      next: "Look for a firewall between, and for a function that hangs.",
    };
  }
  return { cause: `${host} cannot be reached (${code})`, next: "Is a proxy or a firewall between?" };
}

/** `fetch` wraps what happened as its error's cause. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return codeOf(error.cause);
  return "code" in error && typeof error.code === "string" ? error.code : `${error.name}: ${error.message}`;
}
