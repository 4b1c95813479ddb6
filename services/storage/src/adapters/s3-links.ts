import { GetObjectCommand, HeadObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { OpenMediaLinkPorts } from "../open-media-link.ts";
import { ask, isMissing } from "./s3-answers.ts";

export function createS3Links({
  client,
  bucket,
}: {
  client: S3Client;
  bucket: string;
}): Pick<OpenMediaLinkPorts, "findContentType" | "presign"> {
  return {
    findContentType: (key) =>
      ask(
        "find media",
        client.send(new HeadObjectCommand({ Bucket: bucket, Key: key })).then(
          ({ ContentType }) => ContentType ?? "application/octet-stream",
          (error: unknown) => {
            if (isMissing(error)) return null;
            throw error;
          },
        ),
      ),
    presign: (key, { disposition, seconds }) => {
      const read = new GetObjectCommand({ Bucket: bucket, Key: key, ResponseContentDisposition: disposition });
      return ask("sign a link", getSignedUrl(client, read, { expiresIn: seconds }));
    },
  };
}
