import { setImmediate } from "node:timers/promises";
import type { Bucket } from "./buckets.ts";
import type { Store } from "./call.ts";
import { abortTimeOf, expiryOf } from "./lifecycle-rules.ts";
import { successor } from "./list-page.ts";
import { forgetUpload } from "./multipart.ts";
import { originOfSweep } from "./object-events.ts";
import { keyBytes } from "./rows.ts";

const batch = 500;

/** Does what the buckets' lifecycle rules ask: removes expired objects, aborts stale uploads. Safe to stop at any point. */
export async function sweep(store: Store): Promise<void> {
  for (const bucket of store.buckets.list()) {
    await expireObjects(store, bucket);
    await abortUploads(store, bucket);
  }
}

async function expireObjects(store: Store, { name, lifecycle }: Bucket): Promise<void> {
  const { db, objects, files, events, now } = store;
  const isExpired = (object: Parameters<typeof expiryOf>[0]) =>
    (expiryOf(object, lifecycle ?? [])?.expiresAt ?? Number.POSITIVE_INFINITY) <= now();
  const rules = (lifecycle ?? []).filter(({ isEnabled }) => isEnabled);
  if (!rules.some(({ expirationDays, expirationDate }) => (expirationDays ?? expirationDate) !== undefined)) return;
  for (let from: Uint8Array = Buffer.alloc(0); ; ) {
    const candidates = objects.olderThan(name, from, now(), batch);
    const expired = candidates.filter(isExpired).map(({ key }) => key);
    const freed = await db.commit(() =>
      expired.flatMap((key) => {
        // It may have been written anew since it was read.
        const current = objects.find(name, key);
        if (!current || !isExpired(current)) return [];
        events.deleted({ bucket: name, origin: originOfSweep(), key, reason: "Lifecycle Expiration" });
        return objects.delete(name, key);
      }),
    );
    files.discard(freed);
    const last = candidates.at(-1);
    if (!last || candidates.length < batch) return;
    from = successor(keyBytes(last.key));
    await setImmediate();
  }
}

async function abortUploads(store: Store, { name, lifecycle }: Bucket): Promise<void> {
  const stale = store.uploads.list(name).filter((upload) => {
    const abortAt = abortTimeOf(upload, lifecycle ?? []);
    return abortAt !== undefined && abortAt <= store.now();
  });
  if (stale.length === 0) return;
  store.files.discard(await store.db.commit(() => stale.flatMap(({ id }) => forgetUpload(store, id))));
}
