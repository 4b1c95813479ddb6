import type { Cors } from "../topology.ts";
import type { Answer } from "./answer.ts";

interface RequestHeaders {
  origin?: string | undefined;
  "access-control-request-method"?: string | undefined;
}

interface CorsRules {
  /** The gateway's own answer to a preflight; undefined for any other request. */
  answerPreflight(method: string, headers: RequestHeaders): Answer | undefined;
  /** The answer of a function as the browser may see it: what a function says of CORS is not heard. */
  apply(answer: Answer, headers: RequestHeaders): Answer;
}

/** An HTTP API's CORS. An origin that is not allowed is answered like any other, without the headers that would let it read. */
export function createCorsRules(cors: Cors | null): CorsRules {
  if (cors === null) return { answerPreflight: () => undefined, apply: (answer) => answer };
  const { allowOrigins, allowMethods, allowHeaders, exposeHeaders, allowCredentials, maxAgeSeconds } = cors;

  function originHeaders(origin: string | undefined): [string, string][] {
    const allowed = origin === undefined ? undefined : allowOrigins.find((pattern) => isAllowed(pattern, origin));
    if (origin === undefined || allowed === undefined) return [];
    return [
      ["access-control-allow-origin", allowed === "*" ? "*" : origin],
      ...header("access-control-allow-credentials", allowCredentials ? ["true"] : []),
    ];
  }

  return {
    answerPreflight(method, headers) {
      const isPreflight = method === "OPTIONS" && headers.origin && headers["access-control-request-method"];
      if (!isPreflight) return undefined;
      const origin = originHeaders(headers.origin);
      if (origin.length === 0) return { status: 204, headers: [], body: Buffer.alloc(0) };
      const answered = [
        ...origin,
        ...header("access-control-allow-methods", allowMethods),
        ...header("access-control-allow-headers", allowHeaders),
        ...header("access-control-max-age", maxAgeSeconds === null ? [] : [String(maxAgeSeconds)]),
      ];
      return { status: 204, headers: answered, body: Buffer.alloc(0) };
    },
    apply(answer, { origin }) {
      const own = answer.headers.filter(([name]) => !name.startsWith("access-control-"));
      const origins = originHeaders(origin);
      const exposed = origins.length > 0 ? header("access-control-expose-headers", exposeHeaders) : [];
      return { ...answer, headers: [...own, ...origins, ...exposed] };
    },
  };
}

/** `*`, an origin, or all of a scheme: `https://*`. */
const isAllowed = (pattern: string, origin: string) =>
  pattern === "*" || pattern === origin || (pattern.endsWith("://*") && origin.startsWith(pattern.slice(0, -1)));

const header = (name: string, values: string[]): [string, string][] =>
  values.length > 0 ? [[name, values.join(",")]] : [];
