import { s3Error } from "./s3-error.ts";

export type Query = ReadonlyMap<string, string>;

export interface S3Address {
  /** Empty when the request is to the service itself. */
  bucket: string;
  /** Empty when the request is to the bucket. */
  key: string;
  /** The decoded path and the decoded pairs, as they are signed. */
  path: string;
  pairs: [name: string, value: string][];
  query: Query;
}

/** Takes path style (`/bucket/key`) and virtual-host style (`bucket.localhost`, `bucket.s3.localhost`). */
export function parseAddress(url: string, host: string | undefined): S3Address {
  const [rawPath = "/", ...rest] = url.split("?");
  const path = decode(rawPath);
  const pairs = rest
    .join("?")
    .split("&")
    .filter((pair) => pair !== "")
    .map(parsePair);
  // The first of repeated parameters counts.
  const query = new Map(pairs.toReversed());
  const hosted = /^(.+?)(?:\.s3)?\.localhost(?::\d+)?$/.exec(host ?? "")?.[1];
  const bucketInHost = hosted === "s3" ? undefined : hosted;
  const [bucket = "", ...segments] = bucketInHost ? [bucketInHost, path.slice(1)] : path.slice(1).split("/");
  return { bucket, key: segments.join("/"), path, pairs, query };
}

function parsePair(pair: string): [string, string] {
  const [name = "", ...value] = pair.split("=");
  return [decode(name.replaceAll("+", " ")), decode(value.join("=").replaceAll("+", " "))];
}

/** Throws `InvalidURI` on a broken escape or on bytes that are not UTF-8. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw s3Error("InvalidURI", { URI: text });
  }
}

/** Percent-encodes all but A-Z a-z 0-9 - . _ ~, as signatures and `encoding-type=url` want it. */
export function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

export const encodePath = (path: string): string => encode(path).replaceAll("%2F", "/");
