import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { encode, encodePath } from "./uri.ts";

export interface CredentialScope {
  accessKeyId: string;
  /** yyyymmdd */
  date: string;
  region: string;
}

/** What a signature is made over; see AWS's "Signature Version 4" for S3 (no double encoding, no path normalisation). */
export interface Signable {
  method: string;
  path: string;
  pairs: [name: string, value: string][];
  headers: Record<string, string | string[] | undefined>;
  signedHeaders: string[];
  payloadHash: string;
  /** yyyymmddThhmmssZ */
  timestamp: string;
  scope: CredentialScope;
}

/** Signs what follows a verified request: the chunks of its body. */
export interface Signer {
  signature: string;
  signChunk(previousSignature: string, sha256: string): string;
  signTrailer(previousSignature: string, sha256: string): string;
}

export const sha256Hex = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");

const signingKey = ({ date, region }: CredentialScope, secret: string) =>
  [date, region, "s3", "aws4_request"].reduce<Buffer | string>(hmac, `AWS4${secret}`);

/** Of a form's policy, as it stands in the form: in base64. */
export const signPolicy = (policy: string, scope: CredentialScope, secret: string): string =>
  hmac(signingKey(scope, secret), policy).toString("hex");

export function createSigner(request: Signable, secret: string): Signer {
  const { timestamp, scope } = request;
  const scopeText = `${scope.date}/${scope.region}/s3/aws4_request`;
  const key = signingKey(scope, secret);
  const sign = (...lines: string[]) => hmac(key, lines.join("\n")).toString("hex");
  return {
    signature: sign("AWS4-HMAC-SHA256", timestamp, scopeText, sha256Hex(canonicalRequest(request))),
    signChunk: (previous, sha256) =>
      sign("AWS4-HMAC-SHA256-PAYLOAD", timestamp, scopeText, previous, sha256Hex(""), sha256),
    signTrailer: (previous, sha256) => sign("AWS4-HMAC-SHA256-TRAILER", timestamp, scopeText, previous, sha256),
  };
}

function canonicalRequest({ method, path, pairs, headers, signedHeaders, payloadHash }: Signable): string {
  const query = pairs
    .map(([name, value]): [string, string] => [encode(name), encode(value)])
    .sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]))
    .map((pair) => pair.join("="))
    .join("&");
  const headerLines = signedHeaders.map(
    (name) => `${name}:${[headers[name] ?? ""].flat().join(",").trim().replace(/ +/g, " ")}`,
  );
  return [method, encodePath(path), query, ...headerLines, "", signedHeaders.join(";"), payloadHash].join("\n");
}

export function sameSignature(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function hmac(key: Buffer | string, content: string): Buffer {
  return createHmac("sha256", key).update(content).digest();
}
