import type { IncomingHttpHeaders } from "node:http";
import type { S3Address } from "./uri.ts";

const hoisted = /^x-amz-(meta-[\w!#$%&'*+.^`|~-]+|tagging)$/;

/** What a header could not carry is written as mail writes it, and as S3 answers it. */
export const headerText = (value: string): string =>
  /^[\x20-\x7e]*$/.test(value) ? value : `=?UTF-8?B?${Buffer.from(value).toString("base64")}?=`;

/** Presigners move headers into the query; S3 takes metadata and tags from there, but no checksums. */
export function withHoistedHeaders(headers: IncomingHttpHeaders, { query }: S3Address): IncomingHttpHeaders {
  const found = [...query].flatMap(([name, value]): [string, string][] => {
    return hoisted.test(name.toLowerCase()) ? [[name.toLowerCase(), headerText(value)]] : [];
  });
  return found.length === 0 ? headers : { ...Object.fromEntries(found), ...headers };
}
