import { S3ServiceException } from "@aws-sdk/client-s3";
import { BucketUnavailable, type ByteStream } from "../media-bucket.ts";

/** The SDK's messages quote requests: the cause is kept for its name, and our own words are what is logged. */
export async function ask<T>(what: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    throw new BucketUnavailable(`the bucket could not be asked to ${what}`, { cause });
  }
}

/** A body breaks off with the same error as its request. */
export async function* readBody(body: ByteStream): ByteStream {
  try {
    yield* body;
  } catch (cause) {
    throw new BucketUnavailable("the bucket broke off while it was read", { cause });
  }
}

/** `If-None-Match: *` met an object, or a writer that is just before us. */
export const isTaken = (error: unknown) =>
  error instanceof S3ServiceException && error.$metadata.httpStatusCode === 412;

export const isMissing = (error: unknown) =>
  error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404;
