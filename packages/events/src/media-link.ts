import { createHmac, timingSafeEqual } from "node:crypto";

/** What a media link says: intake signs it, storage checks it, and nobody else knows the secret. */
export interface MediaLink {
  jobId: string;
  /** The object's key in the bucket; its last segment is the file in the link's path. */
  s3Path: string;
  accountId: string;
  /** Epoch seconds; intake sets at most 15 minutes. */
  expiresAt: number;
}

export type MediaLinkVerdict = { valid: true; link: MediaLink } | { valid: false; reason: "tampered" | "expired" };

/** `/media/{jobId}/{file}?account=…&key=…&expires=…&signature=…`, to be put behind the public base URL. */
export function mediaLinkPath(link: MediaLink, secret: string): string {
  const query = new URLSearchParams({
    account: link.accountId,
    key: link.s3Path,
    expires: String(link.expiresAt),
    signature: signatureOf(link, secret),
  });
  return `/media/${link.jobId}/${encodeURIComponent(fileOf(link.s3Path))}?${query}`;
}

/** Judges a link by its path and query. `now` is epoch milliseconds. A changed link is `tampered` before it is `expired`. */
export function readMediaLink(
  path: { jobId: string; file: string },
  query: Readonly<Record<string, string | undefined>>,
  secret: string,
  now: number,
): MediaLinkVerdict {
  const { account, key, expires, signature } = query;
  if (!account || !key || !expires || !signature) return { valid: false, reason: "tampered" };
  const link: MediaLink = { jobId: path.jobId, s3Path: key, accountId: account, expiresAt: Number(expires) };
  const intact =
    equal(signature, signatureOf(link, secret)) &&
    String(link.expiresAt) === expires &&
    fileOf(key) === path.file &&
    key.split("/").at(-2) === path.jobId;
  if (!intact) return { valid: false, reason: "tampered" };
  return link.expiresAt * 1000 <= now ? { valid: false, reason: "expired" } : { valid: true, link };
}

const fileOf = (s3Path: string) => s3Path.slice(s3Path.lastIndexOf("/") + 1);

/** Fields are joined by line feeds, which none of them can hold: ids and keys are made of safe characters. */
const signatureOf = ({ jobId, s3Path, accountId, expiresAt }: MediaLink, secret: string) =>
  createHmac("sha256", secret)
    .update(["vsl-media-v1", jobId, s3Path, accountId, expiresAt].join("\n"))
    .digest("base64url");

function equal(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
