import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import sharp from "sharp";
import { Resource } from "sst";
import { endPicture, originalKey, thumbnailKey, workItem } from "./picture.ts";

const s3 = new S3Client();
const Bucket = Resource.Pictures.name;
const longestSide = 128;

/** What fails is given back to the queue alone. */
export async function handler({ Records }: SQSEvent): Promise<SQSBatchResponse> {
  const outcomes = await Promise.allSettled(
    Records.map(({ body }) => makeThumbnail(workItem.parse(JSON.parse(body)).id)),
  );
  const failed = Records.filter((_, index) => outcomes[index]?.status === "rejected");
  for (const outcome of outcomes) {
    if (outcome.status === "rejected")
      console.error(JSON.stringify({ level: "ERROR", message: String(outcome.reason) }));
  }
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

/** Safe to repeat: the key is the picture's, and so is the row. */
async function makeThumbnail(id: string): Promise<void> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: originalKey(id) }));
  const original = sharp(await Body?.transformToByteArray());
  const size = await original.metadata().catch(() => undefined);
  // No retry makes a picture of what is none.
  if (size === undefined) return endPicture(id, { status: "unreadable" });
  const thumbnail = await original.resize({ width: longestSide, height: longestSide, fit: "inside" }).webp().toBuffer();
  const object = { Bucket, Key: thumbnailKey(id), Body: thumbnail, ContentType: "image/webp" };
  await s3.send(new PutObjectCommand(object));
  await endPicture(id, { status: "ready", width: size.width, height: size.height });
}
