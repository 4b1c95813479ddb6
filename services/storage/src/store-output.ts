import { createHash } from "node:crypto";
import type { MediaType, StoredMedia } from "@vsl/events";
import { join, readHead, weigh } from "./byte-streams.ts";
import { measureMedia } from "./measure-media.ts";
import type { ByteStream, MediaBucket } from "./media-bucket.ts";
import { sniffFormat } from "./media-format.ts";
import { findKey, mediaKey } from "./media-key.ts";

/** An output upstream that is being read. Its body breaks off with `OutputUnreachable` or `OutputLost`. */
export interface OpenedOutput {
  body: ByteStream;
  close: () => void;
}

export interface StoreOutputPorts extends MediaBucket {
  /** Throws `OutputLost` for what can never be read, `OutputUnreachable` for what may be later. */
  openOutput: (url: string) => Promise<OpenedOutput>;
  now: () => number;
}

export interface StoredOutput {
  media: StoredMedia;
  /** ISO 8601. */
  storedAt: string;
}

export interface OutputOfJob {
  url: string;
  index: number;
  mediaType: MediaType;
  prefix: string;
  /** What the job already has in the bucket. */
  storedKeys: readonly string[];
}

/** Up to here a file is held in memory and saved by one request. */
const headBytes = 8 * 1024 * 1024;

/**
 * Copies an output into the bucket and says what is there now. Safe to repeat: the key follows from the job, the first object
 * at it stays, and what is there is read back instead of being downloaded again.
 */
export async function storeOutput(ports: StoreOutputPorts, output: OutputOfJob): Promise<StoredOutput> {
  const { url, index, mediaType, prefix, storedKeys } = output;
  const storedKey = findKey(storedKeys, prefix, index);
  if (storedKey) return readBack(ports, storedKey, index);

  const opened = await ports.openOutput(url);
  try {
    const beginning = await readHead(opened.body, headBytes);
    const { head, rest } = beginning;
    const { contentType, extension } = await sniffFormat(head, mediaType);
    const key = mediaKey(prefix, index, extension);
    const streamed = rest ? weigh(join(beginning)) : null;
    const storedAt = new Date(ports.now()).toISOString();
    const saved = await ports.saveMedia(key, { contentType, body: streamed?.body ?? head, storedAt });
    if (saved === "taken") return await readBack(ports, key, index);
    const weight = streamed?.weight() ?? { bytes: head.length, sha256: sha256Of(head) };
    const facts = { index, s3Path: key, contentType, head, isWhole: rest === null, ...weight };
    return { media: await describe(ports, facts), storedAt };
  } finally {
    opened.close();
  }
}

/** Whoever died after saving an output, or was faster, has left the bytes: they are the truth, and are read once more. */
async function readBack(bucket: MediaBucket, key: string, index: number): Promise<StoredOutput> {
  const { contentType, body, storedAt } = await bucket.readMedia(key);
  const beginning = await readHead(body, headBytes);
  const { body: all, weight } = weigh(join(beginning));
  for await (const _ of all);
  const { head, rest } = beginning;
  const facts = { index, s3Path: key, contentType, head, isWhole: rest === null, ...weight() };
  return { media: await describe(bucket, facts), storedAt };
}

interface Saved extends Pick<StoredMedia, "index" | "s3Path" | "contentType" | "bytes" | "sha256"> {
  head: Buffer;
  isWhole: boolean;
}

async function describe(bucket: MediaBucket, { head, isWhole, ...media }: Saved): Promise<StoredMedia> {
  const { contentType, bytes, s3Path } = media;
  const read = (range: { start: number; end: number }) =>
    isWhole ? Promise.resolve(head.subarray(range.start, range.end)) : bucket.readRange(s3Path, range);
  return { ...media, ...(await measureMedia({ contentType, bytes, head, read })) };
}

const sha256Of = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
