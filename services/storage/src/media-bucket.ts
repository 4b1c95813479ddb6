import type { Verdict } from "./verdict.ts";

/** Bytes that come piece by piece, at the reader's pace. */
export type ByteStream = AsyncIterable<Uint8Array>;

interface NewMedia {
  contentType: string;
  body: Buffer | ByteStream;
  /** ISO 8601; kept with the object, so that whoever reads it back says the same. */
  storedAt: string;
}

/** The bucket that only this service touches. Every function throws `BucketUnavailable` when it cannot be asked. */
export interface MediaBucket {
  /** Whole or not at all: a stream that breaks off leaves nothing. What already has the key stays, and it is "taken". */
  saveMedia(key: string, media: NewMedia): Promise<"saved" | "taken">;
  /** The keys of a job's media. */
  findMedia(prefix: string): Promise<string[]>;
  /** Costs a twelfth of finding. */
  hasMedia(key: string): Promise<boolean>;
  readMedia(key: string): Promise<{ contentType: string; body: ByteStream; storedAt: string }>;
  /** From `start` up to, without, `end`. */
  readRange(key: string, range: { start: number; end: number }): Promise<Uint8Array>;
}

/** A verdict as it stands in the bucket. */
export interface FoundVerdict {
  verdict: Verdict;
  version: string;
}

/** What was decided about jobs with losses. A job whose outputs are all stored needs none: its media say so. */
export interface Verdicts {
  findVerdict(jobId: string): Promise<FoundVerdict | null>;
  /** Where there is none, or in place of the one that was found. Whoever else was faster wins; what stands then is returned. */
  saveVerdict(jobId: string, verdict: Verdict, over: FoundVerdict | null): Promise<FoundVerdict>;
}

export class BucketUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "BucketUnavailable";
  }
}
