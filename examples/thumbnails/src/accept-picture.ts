import { randomUUID } from "node:crypto";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { Resource } from "sst";
import { originalKey, savePicture } from "./picture.ts";

const s3 = new S3Client();
const sqs = new SQSClient();

/** Takes a picture as the body of the request, and has its thumbnail made. */
export async function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const contentType = event.headers["content-type"] ?? "";
  if (!contentType.startsWith("image/") || !event.body) {
    return { statusCode: 400, body: JSON.stringify({ error: "Send an image, and say which type it has." }) };
  }
  const id = randomUUID();
  const Body = Buffer.from(event.body, event.isBase64Encoded ? "base64" : "utf8");
  await s3.send(
    new PutObjectCommand({ Bucket: Resource.Pictures.name, Key: originalKey(id), Body, ContentType: contentType }),
  );
  await savePicture({ id, status: "waiting", acceptedAt: Date.now() });
  // Dying before this line is what the schedule is for.
  await sqs.send(new SendMessageCommand({ QueueUrl: Resource.Work.url, MessageBody: JSON.stringify({ id }) }));
  return { statusCode: 202, headers: { location: `/pictures/${id}` }, body: JSON.stringify({ id, status: "waiting" }) };
}
