import type { IncomingHttpHeaders } from "node:http";
import { headerOf } from "./call.ts";
import { s3Error } from "./s3-error.ts";
import type { Query } from "./uri.ts";

/** Values that ask for nothing but what happens anyway. */
const harmless: Record<string, string[]> = {
  "x-amz-storage-class": ["STANDARD"],
  // What S3 does by itself with every object.
  "x-amz-server-side-encryption": ["AES256"],
};

const unclaimed =
  /^x-amz-(storage-class|server-side-encryption.*|object-lock-.*|bucket-object-lock-.*|bypass-governance-retention|website-redirect-location|write-offset-bytes|mfa|copy-source-server-side-encryption.*)$/;

/** Throws for a header that asks for what this S3 does not do; ignoring it would be a pretended success. */
export function refuseUnclaimed(headers: IncomingHttpHeaders, query: Query): void {
  const encryption = headerOf(headers, "x-amz-server-side-encryption") ?? "AES256";
  if (encryption !== "AES256" && !encryption.startsWith("aws:")) throw s3Error("InvalidEncryptionAlgorithmError");
  for (const name of Object.keys(headers)) {
    const value = headerOf(headers, name) ?? "";
    if (unclaimed.test(name) && !harmless[name]?.includes(value)) throw s3Error("NotImplemented", { Header: name });
  }
  if ((query.get("versionId") ?? "null") !== "null") {
    throw s3Error("NotImplemented", { message: "Versions are not supported by this endpoint." });
  }
}
