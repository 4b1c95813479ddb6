import type { IncomingHttpHeaders } from "node:http";
import { s3Error } from "./s3-error.ts";
import { type CredentialScope, createSigner, type Signer, sameSignature } from "./signature.ts";
import type { S3Address } from "./uri.ts";

export interface Unauthenticated {
  method: string;
  headers: IncomingHttpHeaders;
  address: S3Address;
}

export interface Authenticated {
  accessKeyId: string;
  signer: Signer;
  /** The body's SHA-256 in hex, `UNSIGNED-PAYLOAD` or one of the `STREAMING-…` words. */
  payloadHash: string;
}

export interface AuthenticatorOptions {
  /** Secrets by access key id. */
  secrets: ReadonlyMap<string, string>;
  now: () => number;
}

/** Throws `InvalidAccessKeyId`. */
export function secretOf(secrets: ReadonlyMap<string, string>, { accessKeyId }: CredentialScope): string {
  const secret = secrets.get(accessKeyId);
  if (secret === undefined) throw s3Error("InvalidAccessKeyId", { AWSAccessKeyId: accessKeyId });
  return secret;
}

const maximumSkewMilliseconds = 15 * 60_000;
const maximumExpirySeconds = 604_800;

/** Verifies a request's Signature Version 4, in its Authorization header or in its query (presigned). */
export function createAuthenticator({ secrets, now }: AuthenticatorOptions) {
  return (request: Unauthenticated): Authenticated => {
    const { headers, method, address } = request;
    const claim = claimOf(request);
    const secret = secretOf(secrets, claim.scope);
    if (claim.presigned) checkLifetime(claim.signedAt, claim.expiresInSeconds, now());
    else if (Math.abs(now() - claim.signedAt) > maximumSkewMilliseconds) {
      throw s3Error("RequestTimeTooSkewed", {
        RequestTime: claim.timestamp,
        ServerTime: new Date(now()).toISOString(),
      });
    }
    checkSignedHeaders(headers, claim.signedHeaders);
    const pairs = address.pairs.filter(([name]) => !(claim.presigned && name === "X-Amz-Signature"));
    const signer = createSigner({ ...claim, method, headers, path: address.path, pairs }, secret);
    if (!sameSignature(signer.signature, claim.signature)) {
      throw s3Error("SignatureDoesNotMatch", {
        AWSAccessKeyId: claim.scope.accessKeyId,
        SignatureProvided: claim.signature,
      });
    }
    return { accessKeyId: claim.scope.accessKeyId, signer, payloadHash: claim.payloadHash };
  };
}

interface Claim {
  scope: CredentialScope;
  signedHeaders: string[];
  signature: string;
  payloadHash: string;
  timestamp: string;
  /** Epoch milliseconds. */
  signedAt: number;
  presigned: boolean;
  expiresInSeconds: number;
}

function claimOf({ headers, address: { query } }: Unauthenticated): Claim {
  if (headers.authorization !== undefined) return claimOfHeader(headers.authorization, headers);
  if (query.has("X-Amz-Algorithm") || query.has("X-Amz-Signature")) return claimOfQuery(query, headers);
  throw s3Error("AccessDenied");
}

function claimOfHeader(authorization: string, headers: IncomingHttpHeaders): Claim {
  const [algorithm, ...rest] = authorization.split(" ");
  if (algorithm !== "AWS4-HMAC-SHA256") throw unsupportedMechanism();
  const fields = new Map(
    rest
      .join("")
      .split(",")
      .map((field) => split(field, "=")),
  );
  const scope = parseCredential(fields.get("Credential"));
  const signedHeaders = fields.get("SignedHeaders");
  const signature = fields.get("Signature");
  const timestamp = headers["x-amz-date"];
  const signedAt = parseTimestamp(timestamp);
  if (!scope || !signedHeaders || !signature) throw s3Error("AuthorizationHeaderMalformed");
  if (typeof timestamp !== "string" || signedAt === undefined || !timestamp.startsWith(scope.date)) {
    throw s3Error("AccessDenied", { message: "AWS authentication requires a valid Date or x-amz-date header" });
  }
  const payloadHash = headers["x-amz-content-sha256"];
  if (typeof payloadHash !== "string") {
    throw s3Error("InvalidRequest", { message: "Missing required header for this request: x-amz-content-sha256" });
  }
  return {
    scope,
    signedHeaders: signedHeaders.split(";"),
    signature,
    payloadHash,
    timestamp,
    signedAt,
    presigned: false,
    expiresInSeconds: 0,
  };
}

function claimOfQuery(query: S3Address["query"], headers: IncomingHttpHeaders): Claim {
  if (query.get("X-Amz-Algorithm") !== "AWS4-HMAC-SHA256") throw unsupportedMechanism();
  const scope = parseCredential(query.get("X-Amz-Credential"));
  const signature = query.get("X-Amz-Signature");
  const signedHeaders = query.get("X-Amz-SignedHeaders");
  const timestamp = query.get("X-Amz-Date");
  const signedAt = parseTimestamp(timestamp);
  const expires = query.get("X-Amz-Expires");
  if (!scope || !signature || !signedHeaders || !timestamp || signedAt === undefined || expires === undefined) {
    throw s3Error("AuthorizationQueryParametersError");
  }
  const expiresInSeconds = Number(expires);
  if (!(expiresInSeconds >= 0)) {
    throw s3Error("AuthorizationQueryParametersError", { message: "X-Amz-Expires should be a number" });
  }
  if (expiresInSeconds > maximumExpirySeconds) {
    throw s3Error("AuthorizationQueryParametersError", {
      message:
        "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds",
    });
  }
  const hashInHeader = headers["x-amz-content-sha256"];
  return {
    scope,
    signedHeaders: signedHeaders.split(";"),
    signature,
    payloadHash:
      query.get("X-Amz-Content-Sha256") ?? (typeof hashInHeader === "string" ? hashInHeader : "UNSIGNED-PAYLOAD"),
    timestamp,
    signedAt,
    presigned: true,
    expiresInSeconds,
  };
}

function checkLifetime(signedAt: number, expiresInSeconds: number, now: number): void {
  const expiresAt = signedAt + expiresInSeconds * 1000;
  if (now > expiresAt) {
    throw s3Error("AccessDenied", {
      message: "Request has expired",
      Expires: new Date(expiresAt).toISOString(),
      ServerTime: new Date(now).toISOString(),
    });
  }
  if (signedAt > now + maximumSkewMilliseconds) throw s3Error("AccessDenied", { message: "Request is not yet valid" });
}

/** A header that changes what a request means must be covered, or whoever holds a presigned URL could add to it. */
function checkSignedHeaders(headers: IncomingHttpHeaders, signedHeaders: string[]): void {
  const unsigned = Object.keys(headers).filter((name) => name.startsWith("x-amz-") && !signedHeaders.includes(name));
  if (signedHeaders.includes("host") && unsigned.length === 0) return;
  throw s3Error("AccessDenied", {
    message: "There were headers present in the request which were not signed",
    HeadersNotSigned: (unsigned.length > 0 ? unsigned : ["host"]).join(", "),
  });
}

export function parseCredential(credential: string | undefined): CredentialScope | undefined {
  const [accessKeyId, date, region, service, end, ...more] = credential?.split("/") ?? [];
  if (!accessKeyId || !date || !region || service !== "s3" || end !== "aws4_request" || more.length > 0)
    return undefined;
  return { accessKeyId, date, region };
}

/** Epoch milliseconds of yyyymmddThhmmssZ. */
function parseTimestamp(text: string | string[] | undefined): number | undefined {
  const match = typeof text === "string" ? /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) : null;
  if (!match) return undefined;
  const [, year, month, day, hours, minutes, seconds] = match;
  const parsed = Date.parse(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}Z`);
  return Number.isNaN(parsed) ? undefined : parsed;
}

export const unsupportedMechanism = () =>
  s3Error("InvalidRequest", {
    message: "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
  });

function split(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
