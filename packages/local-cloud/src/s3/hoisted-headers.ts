import type { IncomingHttpHeaders } from "node:http";
import type { S3Address } from "./uri.ts";

const hoisted = /^x-amz-(meta-[\w!#$%&'*+.^`|~-]+|tagging)$/;

/** Presigners move headers into the query; S3 takes metadata and tags from there, but no checksums. */
export function withHoistedHeaders(headers: IncomingHttpHeaders, { query }: S3Address): IncomingHttpHeaders {
  const found = [...query].flatMap(([name, value]): [string, string][] => {
    // What a header could not carry is written as mail writes it, and as S3 answers it.
    const text = /^[\x20-\x7e]*$/.test(value) ? value : `=?UTF-8?B?${Buffer.from(value).toString("base64")}?=`;
    return hoisted.test(name.toLowerCase()) ? [[name.toLowerCase(), text]] : [];
  });
  return found.length === 0 ? headers : { ...Object.fromEntries(found), ...headers };
}
