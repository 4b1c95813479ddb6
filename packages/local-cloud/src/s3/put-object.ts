import { openBody } from "./body.ts";
import type { Answer, Call, Store } from "./call.ts";
import { checksumHeaders, claimedChecksum } from "./checksum-headers.ts";
import { defaultAlgorithm } from "./checksums.ts";
import { expirationHeader, headersToStore, quoted } from "./object-headers.ts";
import type { StoredObject } from "./objects.ts";
import { checkWrite } from "./preconditions.ts";
import { tagsOfHeader } from "./tags.ts";

export async function putObject(store: Store, { bucket, key, headers, body }: Call): Promise<Answer> {
  const { lifecycle } = store.buckets.get(bucket);
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
  await saveObject(store, { bucket, object, check: (current) => checkWrite(headers, key, current) });
  return {
    status: 200,
    headers: { etag: quoted(object.etag), ...checksumHeaders(object.checksum), ...expirationHeader(object, lifecycle) },
  };
}

interface Saving {
  bucket: string;
  object: StoredObject;
  check: (current: StoredObject | undefined) => void;
}

/** Makes freshly written files an object, unless `check` throws; one way or the other no unnamed file stays. */
export async function saveObject(
  { db, buckets, objects, files }: Store,
  { bucket, object, check }: Saving,
): Promise<void> {
  try {
    const freed = await db.commit(() => {
      buckets.get(bucket);
      check(objects.find(bucket, object.key));
      return objects.put(bucket, object);
    });
    files.discard(freed);
  } catch (error) {
    files.discard(object.slices.map(({ file }) => file));
    throw error;
  }
}
