import type { IncomingHttpHeaders } from "node:http";
import { headerOf } from "./call.ts";
import { type Checksum, type ChecksumAlgorithm, checksumAlgorithms, digestBytes } from "./checksums.ts";
import { s3Error } from "./s3-error.ts";

interface ClaimedChecksum {
  algorithm?: ChecksumAlgorithm;
  value?: string;
  trailer?: string;
}

/** At most one checksum may be claimed: in a header, or announced for the trailer. */
export function claimedChecksum(headers: IncomingHttpHeaders): ClaimedChecksum {
  const trailer = headers["x-amz-trailer"];
  const found = checksumAlgorithms.flatMap((algorithm): ClaimedChecksum[] => {
    const name = `x-amz-checksum-${algorithm}`;
    const value = headers[name];
    if (typeof value === "string") return [{ algorithm, value: checkForm(algorithm, value) }];
    return trailer === name ? [{ algorithm, trailer: name }] : [];
  });
  if (found.length > 1) {
    throw s3Error("InvalidRequest", {
      message: "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
    });
  }
  const [claim = {}] = found;
  const named = headerOf(headers, "x-amz-sdk-checksum-algorithm")?.toLowerCase();
  if (named !== undefined && claim.algorithm === undefined) {
    throw s3Error("InvalidRequest", {
      message:
        "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.",
    });
  }
  if (named !== undefined && named !== claim.algorithm) {
    throw s3Error("InvalidRequest", { message: "Value for x-amz-sdk-checksum-algorithm header is invalid." });
  }
  return claim;
}

/** Throws for what cannot be a digest of this algorithm. */
export function checkForm(algorithm: ChecksumAlgorithm, value: string): string {
  const decoded = Buffer.from(value, "base64");
  if (decoded.length === digestBytes[algorithm] && decoded.toString("base64") === value) return value;
  throw s3Error("InvalidRequest", { message: `Value for x-amz-checksum-${algorithm} header is invalid.` });
}

/** `x-amz-checksum-algorithm`, which has the algorithm in upper case. */
export function chosenAlgorithm(headers: IncomingHttpHeaders): ChecksumAlgorithm | undefined {
  const chosen = headerOf(headers, "x-amz-checksum-algorithm");
  if (chosen === undefined) return undefined;
  const algorithm = checksumAlgorithms.find((known) => known === chosen.toLowerCase());
  if (algorithm) return algorithm;
  throw s3Error("InvalidRequest", {
    message:
      "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
  });
}

export function checksumHeaders({ algorithm, type, value }: Checksum): Record<string, string> {
  return { [`x-amz-checksum-${algorithm}`]: value, "x-amz-checksum-type": type };
}

/** The members that results in XML have for a checksum: `ChecksumCRC32`, … */
export function checksumElements({ algorithm, type, value }: Checksum): Record<string, string> {
  return { [`Checksum${algorithm.toUpperCase()}`]: value, ChecksumType: type };
}
