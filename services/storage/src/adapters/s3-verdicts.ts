import { GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { Verdicts } from "../media-bucket.ts";
import { type Verdict, verdictSchema } from "../verdict.ts";
import { ask, isMissing, isTaken } from "./s3-answers.ts";

/** Beside the media, in the same bucket: `verdicts/{jobId}.json`. */
export function createS3Verdicts({ client, bucket }: { client: S3Client; bucket: string }): Verdicts {
  const target = (jobId: string) => ({ Bucket: bucket, Key: `verdicts/${jobId}.json` });

  async function findVerdict(jobId: string): Promise<Verdict | null> {
    const reading = client.send(new GetObjectCommand(target(jobId))).then(
      ({ Body }) => Body?.transformToString(),
      (error: unknown) => {
        if (isMissing(error)) return undefined;
        throw error;
      },
    );
    const text = await ask("read a verdict", reading);
    return text === undefined ? null : verdictSchema.parse(JSON.parse(text));
  }

  return {
    findVerdict,
    async saveVerdict(jobId, verdict) {
      const put = { Body: JSON.stringify(verdict), ContentType: "application/json", IfNoneMatch: "*" };
      const saving = client.send(new PutObjectCommand({ ...target(jobId), ...put })).then(
        () => true,
        (error: unknown) => {
          if (isTaken(error)) return false;
          throw error;
        },
      );
      const isFirst = await ask("save a verdict", saving);
      const standing = isFirst ? verdict : await findVerdict(jobId);
      if (!standing) throw new Error("a verdict that was there is gone");
      return standing;
    },
  };
}
