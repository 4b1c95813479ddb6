import type { Verdict } from "./verdict.ts";

/** Bytes that come piece by piece, at the reader's pace. */
export type ByteStream = AsyncIterable<Uint8Array>;

/** The bucket that only this service touches. Every function throws `BucketUnavailable` when it cannot be asked. */
export interface MediaBucket {
  /** Whole or not at all: a stream that breaks off leaves nothing. What already has the key stays, and it is "taken". */
  saveMedia(key: string, media: { contentType: string; body: Buffer | ByteStream }): Promise<"saved" | "taken">;
  /** The keys of a job's media. */
  findMedia(prefix: string): Promise<string[]>;
  readMedia(key: string): Promise<{ contentType: string; body: ByteStream }>;
  /** From `start` up to, without, `end`. */
  readRange(key: string, range: { start: number; end: number }): Promise<Uint8Array>;
}

/** What was decided about a job's outputs, once. */
export interface Verdicts {
  findVerdict(jobId: string): Promise<Verdict | null>;
  /** The first verdict stays; it is what is returned. */
  saveVerdict(jobId: string, verdict: Verdict): Promise<Verdict>;
}

export class BucketUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "BucketUnavailable";
  }
}
