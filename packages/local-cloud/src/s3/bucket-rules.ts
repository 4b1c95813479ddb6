import { readDocument } from "./body.ts";
import type { Answer, Call, Store } from "./call.ts";
import { parseCors, renderCors } from "./cors-rules.ts";
import { parseLifecycle, renderLifecycle } from "./lifecycle-rules.ts";
import { s3Error } from "./s3-error.ts";
import { renderXml } from "./xml.ts";

export function getBucketLifecycle({ buckets }: Store, { bucket }: Call): Answer {
  const { lifecycle } = buckets.get(bucket);
  if (!lifecycle) throw s3Error("NoSuchLifecycleConfiguration", { BucketName: bucket });
  return { status: 200, xml: renderXml("LifecycleConfiguration", renderLifecycle(lifecycle)) };
}

export async function putBucketLifecycle({ db, buckets }: Store, { bucket, body }: Call): Promise<Answer> {
  const rules = parseLifecycle(await readDocument(body));
  await db.commit(() => buckets.setLifecycle(buckets.get(bucket).name, rules));
  return { status: 200 };
}

export async function deleteBucketLifecycle({ db, buckets }: Store, { bucket }: Call): Promise<Answer> {
  await db.commit(() => buckets.setLifecycle(buckets.get(bucket).name, null));
  return { status: 204 };
}

export function getBucketCors({ buckets }: Store, { bucket }: Call): Answer {
  const { cors } = buckets.get(bucket);
  if (!cors) throw s3Error("NoSuchCORSConfiguration", { BucketName: bucket });
  return { status: 200, xml: renderXml("CORSConfiguration", renderCors(cors)) };
}

export async function putBucketCors({ db, buckets }: Store, { bucket, body }: Call): Promise<Answer> {
  const rules = parseCors(await readDocument(body));
  await db.commit(() => buckets.setCors(buckets.get(bucket).name, rules));
  return { status: 200 };
}

export async function deleteBucketCors({ db, buckets }: Store, { bucket }: Call): Promise<Answer> {
  await db.commit(() => buckets.setCors(buckets.get(bucket).name, null));
  return { status: 204 };
}
