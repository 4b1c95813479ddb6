import { checkAcl } from "./access-control.ts";
import { openBody } from "./body.ts";
import type { Answer, Call, Store } from "./call.ts";
import { checksumHeaders, claimedChecksum } from "./checksum-headers.ts";
import { defaultAlgorithm } from "./checksums.ts";
import { encryptionHeader, expirationHeader, headersToStore, quoted } from "./object-headers.ts";
import type { StoredObject } from "./objects.ts";
import { checkWrite } from "./preconditions.ts";
import { tagsOfHeader } from "./tags.ts";

export async function putObject(store: Store, call: Call): Promise<Answer> {
  const { bucket, key, headers, body } = call;
  const { lifecycle } = store.buckets.get(bucket);
  checkAcl(store, bucket, headers);
  const kept = { headers: headersToStore(headers), tags: tagsOfHeader(headers) };
  // Early, to spare a refused client's disk; what counts is the same check inside the commit.
  checkWrite(headers, key, store.objects.find(bucket, key));

  const algorithm = claimedChecksum(headers).algorithm ?? defaultAlgorithm;
  const { chunks, measured } = openBody(body, [algorithm]);
  const file = await store.files.write(chunks);
  const { bytes, md5, checksum } = measured();
  const object: StoredObject = {
    key,
    ...kept,
    bytes,
    etag: md5.toString("hex"),
    modifiedAt: store.now(),
    checksum: { algorithm, type: "FULL_OBJECT", value: checksum(algorithm) },
    uploadId: null,
    slices: [{ file, bytes }],
  };
  await saveObject(store, call, { object, reason: "PutObject", check: (current) => checkWrite(headers, key, current) });
  return {
    status: 200,
    headers: {
      etag: quoted(object.etag),
      ...encryptionHeader,
      ...checksumHeaders(object.checksum),
      ...expirationHeader(object, lifecycle),
    },
  };
}

interface Saving {
  object: StoredObject;
  /** By which operation, as events tell it. */
  reason: string;
  check: (current: StoredObject | undefined) => void;
}

/** Makes freshly written files an object, unless `check` throws; one way or the other no unnamed file stays. */
export async function saveObject(
  { db, buckets, objects, files, events }: Store,
  { bucket, origin }: Pick<Call, "bucket" | "origin">,
  { object, reason, check }: Saving,
): Promise<void> {
  try {
    const freed = await db.commit(() => {
      buckets.get(bucket);
      check(objects.find(bucket, object.key));
      events.created({ bucket, origin, object, reason });
      return objects.put(bucket, object);
    });
    files.discard(freed);
  } catch (error) {
    files.discard(object.slices.map(({ file }) => file));
    throw error;
  }
}
