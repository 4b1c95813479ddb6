import { createHash } from "node:crypto";
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { inParts } from "../byte-streams.ts";
import type { ByteStream, MediaBucket } from "../media-bucket.ts";
import { ask, isMissing, isTaken, readBody } from "./s3-answers.ts";

export interface S3MediaOptions {
  client: S3Client;
  bucket: string;
  /** At least S3's 5 MiB; 10,000 of them make the largest object. */
  partBytes?: number;
}

/** S3 keeps metadata's names in lower case. */
const storedAtName = "stored-at";
/** Parts that are sent while the next one is filled. */
const partsInFlight = 2;

export function createS3Media({ client, bucket, partBytes = 8 * 1024 * 1024 }: S3MediaOptions): MediaBucket {
  return {
    saveMedia: (Key, { contentType: ContentType, body, storedAt }) => {
      const target = { Bucket: bucket, Key };
      const facts = { ContentType, Metadata: { [storedAtName]: storedAt } };
      return Buffer.isBuffer(body) ? saveWhole({ ...target, ...facts }, body) : saveInParts(target, facts, body);
    },

    async findMedia(prefix) {
      const { Contents = [] } = await ask(
        "list media",
        client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix })),
      );
      return Contents.flatMap(({ Key }) => (Key === undefined ? [] : [Key]));
    },

    hasMedia: (key) =>
      ask(
        "look for media",
        client.send(new HeadObjectCommand({ Bucket: bucket, Key: key })).then(
          () => true,
          (error: unknown) => {
            if (isMissing(error)) return false;
            throw error;
          },
        ),
      ),

    async readMedia(key) {
      const { Body, ContentType, Metadata, LastModified } = await ask(
        "read media",
        client.send(new GetObjectCommand({ Bucket: bucket, Key: key })),
      );
      // What somebody else has put there carries no time of ours.
      const storedAt = Metadata?.[storedAtName] ?? LastModified?.toISOString();
      if (!Body || !ContentType || !storedAt)
        throw new Error("the bucket answered without a body, its type or its time");
      return { contentType: ContentType, body: readBody(Body.transformToWebStream()), storedAt };
    },

    async readRange(key, { start, end }) {
      const Range = `bytes=${start}-${end - 1}`;
      const { Body } = await ask(
        "read a range",
        client.send(new GetObjectCommand({ Bucket: bucket, Key: key, Range })),
      );
      if (!Body) throw new Error("the bucket answered without a body");
      return ask("read a range", Body.transformToByteArray());
    },
  };

  async function saveWhole(target: Target & Facts, Body: Buffer): Promise<"saved" | "taken"> {
    const ChecksumSHA256 = createHash("sha256").update(Body).digest("base64");
    return savedOrTaken(client.send(new PutObjectCommand({ ...target, Body, ChecksumSHA256, IfNoneMatch: "*" })));
  }

  /** Nothing of a stream is seen before all of it is there; whatever fails on the way, the parts are removed again. */
  async function saveInParts(target: Target, facts: Facts, body: ByteStream): Promise<"saved" | "taken"> {
    const { UploadId } = await ask(
      "begin an upload",
      client.send(new CreateMultipartUploadCommand({ ...target, ...facts, ChecksumAlgorithm: "CRC32" })),
    );
    const upload = { ...target, UploadId };
    try {
      const Parts = await sendParts(upload, body);
      const complete = { ...upload, MultipartUpload: { Parts }, IfNoneMatch: "*" };
      const outcome = await savedOrTaken(client.send(new CompleteMultipartUploadCommand(complete)));
      if (outcome === "taken") await abort(upload);
      return outcome;
    } catch (error) {
      await abort(upload);
      throw error;
    }
  }

  async function sendParts(upload: Upload, body: ByteStream): Promise<CompletedPart[]> {
    const sent: CompletedPart[] = [];
    const inFlight: Promise<CompletedPart>[] = [];
    let PartNumber = 0;
    try {
      for await (const bytes of inParts(body, partBytes)) {
        const oldest = inFlight.length >= partsInFlight ? inFlight.shift() : undefined;
        if (oldest) sent.push(await oldest);
        inFlight.push(sendPart({ ...upload, PartNumber: ++PartNumber }, bytes));
      }
      return [...sent, ...(await Promise.all(inFlight))];
    } finally {
      // An upload must not be aborted under a part that still arrives: S3 would keep it.
      await Promise.allSettled(inFlight);
    }
  }

  function sendPart(part: Upload & { PartNumber: number }, bytes: Buffer): Promise<CompletedPart> {
    const sending = ask(
      "send a part",
      client.send(new UploadPartCommand({ ...part, Body: bytes, ChecksumAlgorithm: "CRC32" })),
    ).then(({ ETag, ChecksumCRC32 }) => ({ PartNumber: part.PartNumber, ETag, ChecksumCRC32 }));
    // It is looked at when its turn comes; until then its failure is nobody's surprise.
    sending.catch(() => {});
    return sending;
  }

  /** What S3 does not remove now, the bucket's lifecycle does after a day; the first failure is the one to tell of. */
  async function abort(upload: Upload): Promise<void> {
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => {});
  }
}

interface Target {
  Bucket: string;
  Key: string;
}

interface Facts {
  ContentType: string;
  Metadata: Record<string, string>;
}

interface Upload extends Target {
  UploadId: string | undefined;
}

const savedOrTaken = (saving: Promise<unknown>): Promise<"saved" | "taken"> =>
  ask(
    "save media",
    saving.then(
      () => "saved" as const,
      (error: unknown) => {
        if (isTaken(error)) return "taken" as const;
        throw error;
      },
    ),
  );
