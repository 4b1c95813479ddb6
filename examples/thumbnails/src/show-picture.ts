import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { Resource } from "sst";
import { findPicture, thumbnailKey } from "./picture.ts";

const s3 = new S3Client();
const expiresIn = 300;

/** What became of a picture, with a link to its thumbnail that is good for five minutes. */
export async function handler({ pathParameters }: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const picture = await findPicture(pathParameters?.["id"] ?? "");
  if (picture === undefined) return { statusCode: 404, body: JSON.stringify({ error: "There is no such picture." }) };
  const object = new GetObjectCommand({ Bucket: Resource.Pictures.name, Key: thumbnailKey(picture.id) });
  const thumbnailUrl = picture.status === "ready" ? await getSignedUrl(s3, object, { expiresIn }) : undefined;
  return { statusCode: 200, body: JSON.stringify({ ...picture, thumbnailUrl }) };
}
