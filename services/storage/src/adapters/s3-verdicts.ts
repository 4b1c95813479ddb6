import { GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { FoundVerdict, Verdicts } from "../media-bucket.ts";
import { verdictSchema } from "../verdict.ts";
import { ask, isMissing, isTaken } from "./s3-answers.ts";

/** Beside the media, in the same bucket: `verdicts/{jobId}.json`. */
export function createS3Verdicts({ client, bucket }: { client: S3Client; bucket: string }): Verdicts {
  const target = (jobId: string) => ({ Bucket: bucket, Key: `verdicts/${jobId}.json` });

  async function findVerdict(jobId: string): Promise<FoundVerdict | null> {
    const reading = client.send(new GetObjectCommand(target(jobId))).then(
      async ({ Body, ETag = "" }) => ({ text: (await Body?.transformToString()) ?? "", version: ETag }),
      (error: unknown) => {
        if (isMissing(error)) return null;
        throw error;
      },
    );
    const found = await ask("read a verdict", reading);
    return found && { verdict: verdictSchema.parse(JSON.parse(found.text)), version: found.version };
  }

  return {
    findVerdict,
    async saveVerdict(jobId, verdict, over) {
      const put = { Body: JSON.stringify(verdict), ContentType: "application/json" };
      const condition = over ? { IfMatch: over.version } : { IfNoneMatch: "*" };
      const saving = client.send(new PutObjectCommand({ ...target(jobId), ...put, ...condition })).then(
        ({ ETag = "" }) => ETag,
        (error: unknown) => {
          if (isTaken(error)) return null;
          throw error;
        },
      );
      const version = await ask("save a verdict", saving);
      if (version !== null) return { verdict, version };
      const standing = await findVerdict(jobId);
      if (!standing) throw new Error("a verdict that was there is gone");
      return standing;
    },
  };
}
