import type { IncomingHttpHeaders } from "node:http";
import { headerOf } from "./call.ts";
import { s3Error } from "./s3-error.ts";

interface Versioned {
  key: string;
  etag: string;
  modifiedAt: number;
}

/** Whether a write may replace what is there. Safe under races only inside `Database.commit`. */
export function checkWrite(headers: IncomingHttpHeaders, key: string, current: Versioned | undefined): void {
  const ifNoneMatch = headerOf(headers, "if-none-match");
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch !== "*") throw s3Error("NotImplemented", { Header: "If-None-Match" });
    if (current) throw s3Error("PreconditionFailed", { Condition: "If-None-Match" });
  }
  const ifMatch = headerOf(headers, "if-match");
  if (ifMatch === undefined) return;
  if (!current) throw s3Error("NoSuchKey", { Key: key });
  if (!matches(ifMatch, current.etag)) throw s3Error("PreconditionFailed", { Condition: "If-Match" });
}

/** Throws `PreconditionFailed`, or says that the reader's own copy is still good. `prefix` is that of CopyObject's headers. */
export function checkRead(
  headers: IncomingHttpHeaders,
  current: Versioned,
  prefix: "" | "x-amz-copy-source-" = "",
): "send" | "not modified" {
  const ifMatch = headerOf(headers, `${prefix}if-match`);
  const ifNoneMatch = headerOf(headers, `${prefix}if-none-match`);
  // HTTP's dates have whole seconds.
  const modifiedAt = Math.floor(current.modifiedAt / 1000) * 1000;
  const since = (name: string) => Date.parse(headerOf(headers, `${prefix}${name}`) ?? "");
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, current.etag)) throw s3Error("PreconditionFailed", { Condition: "If-Match" });
  } else if (modifiedAt > since("if-unmodified-since")) {
    throw s3Error("PreconditionFailed", { Condition: "If-Unmodified-Since" });
  }
  if (ifNoneMatch !== undefined) return matches(ifNoneMatch, current.etag) ? "not modified" : "send";
  return modifiedAt <= since("if-modified-since") ? "not modified" : "send";
}

export function matches(condition: string, etag: string): boolean {
  return condition.split(",").some((item) => {
    const wanted = item.trim().replace(/^W\//, "").replaceAll('"', "");
    return wanted === "*" || wanted === etag;
  });
}
