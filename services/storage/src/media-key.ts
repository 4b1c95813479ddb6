import type { MediaType } from "@vsl/events";

interface JobOfMedia {
  mediaType: MediaType;
  userId: string;
  jobId: string;
  /** ISO 8601; its UTC day stands in the key, whenever the media are stored. */
  requestedAt: string;
}

/** `image/test-user-123/2026/11/20/{jobId}/`: everything that is stored of a job. */
export function mediaPrefix({ mediaType, userId, jobId, requestedAt }: JobOfMedia): string {
  const day = new Date(requestedAt).toISOString().slice(0, 10).replaceAll("-", "/");
  return `${mediaType}/${userId}/${day}/${jobId}/`;
}

/** `original.png` for the first output, `original-1.png` for the second. */
export const mediaKey = (prefix: string, index: number, extension: string) =>
  `${prefix}original${index === 0 ? "" : `-${index}`}.${extension}`;

/** Where an output is if it is of the type that its URL claims, as most are. */
export function claimedKey(prefix: string, { index, url }: { index: number; url: string }): string | null {
  const extension = /\.([a-z0-9]{1,5})$/i.exec(URL.parse(url)?.pathname ?? "")?.[1];
  return extension === undefined ? null : mediaKey(prefix, index, extension.toLowerCase());
}

/** The stored one of a job's keys that holds this output, whatever its type turned out to be. */
export const findKey = (keys: readonly string[], prefix: string, index: number) =>
  keys.find((key) => key.startsWith(mediaKey(prefix, index, "")));
