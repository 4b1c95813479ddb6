import { z } from "zod";
import { checksum } from "./checksums.ts";
import type { Database } from "./database.ts";
import { json, keyBytes, keyColumn, storedHeaders, tags } from "./rows.ts";
import { s3Error } from "./s3-error.ts";

/** Where an object's bytes are: one file, or one for each part of its multipart upload, with the part's number and checksum. */
const storedSlice = z.object({
  file: z.string(),
  bytes: z.number(),
  number: z.number().optional(),
  checksum: z.string().optional(),
});
export type StoredSlice = z.infer<typeof storedSlice>;

const objectRow = z
  .object({
    key: keyColumn,
    etag: z.string(),
    bytes: z.number(),
    modified_at: z.number(),
    headers: json(storedHeaders),
    tags: json(tags),
    checksum: json(checksum),
    upload_id: z.string().nullable(),
    slices: json(z.array(storedSlice)),
  })
  .transform(({ modified_at, upload_id, ...row }) => ({ ...row, modifiedAt: modified_at, uploadId: upload_id }));

/** `etag` is without quotes, `modifiedAt` in epoch milliseconds, `uploadId` that of the multipart upload it came from. */
export type StoredObject = z.infer<typeof objectRow>;

const listedRow = z
  .object({ key: keyColumn, etag: z.string(), bytes: z.number(), modified_at: z.number(), checksum: json(checksum) })
  .transform(({ modified_at, ...row }) => ({ ...row, modifiedAt: modified_at }));
export type ListedObject = z.infer<typeof listedRow>;

export type Objects = ReturnType<typeof openObjects>;

/** Writes are synchronous: call them inside `Database.commit`. Those that free files return their names, to discard after it. */
export function openObjects(db: Database) {
  const select = db.prepare("select * from objects where bucket = ? and key = ?");
  const page = db.prepare(
    "select key, etag, bytes, modified_at, checksum from objects where bucket = ? and key >= ? order by key limit ?",
  );
  const full = db.prepare(
    "select * from objects where bucket = ? and key >= ? and modified_at < ? order by key limit ?",
  );
  const upsert = db.prepare(
    `insert or replace into objects (bucket, key, etag, bytes, modified_at, headers, tags, checksum, upload_id, slices)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const updateTags = db.prepare("update objects set tags = ? where bucket = ? and key = ?");
  const remove = db.prepare("delete from objects where bucket = ? and key = ?");
  const count = db.prepare("select exists (select 1 from objects where bucket = ?) as found");
  const files = db.prepare("select value ->> 'file' as file from objects, json_each(objects.slices)");

  const find = (bucket: string, key: string): StoredObject | undefined => {
    const row = select.get(bucket, keyBytes(key));
    return row && objectRow.parse(row);
  };
  const filesOf = (object: StoredObject | undefined) => object?.slices.map(({ file }) => file) ?? [];

  return {
    find,
    /** Throws `NoSuchKey`. */
    get(bucket: string, key: string): StoredObject {
      const object = find(bucket, key);
      if (!object) throw s3Error("NoSuchKey", { Key: key });
      return object;
    },
    put(bucket: string, object: StoredObject): string[] {
      const freed = filesOf(find(bucket, object.key));
      upsert.run(
        bucket,
        keyBytes(object.key),
        object.etag,
        object.bytes,
        object.modifiedAt,
        JSON.stringify(object.headers),
        JSON.stringify(object.tags),
        JSON.stringify(object.checksum),
        object.uploadId,
        JSON.stringify(object.slices),
      );
      return freed;
    },
    setTags: (bucket: string, key: string, value: StoredObject["tags"]) => {
      updateTags.run(JSON.stringify(value), bucket, keyBytes(key));
    },
    delete(bucket: string, key: string): string[] {
      const freed = filesOf(find(bucket, key));
      remove.run(bucket, keyBytes(key));
      return freed;
    },
    /** In byte order, from the given key's bytes on. */
    page: (bucket: string, from: Uint8Array, limit: number): ListedObject[] =>
      page.all(bucket, from, limit).map((row) => listedRow.parse(row)),
    /** As `page`, whole objects that are older than the given time. */
    olderThan: (bucket: string, from: Uint8Array, time: number, limit: number): StoredObject[] =>
      full.all(bucket, from, time, limit).map((row) => objectRow.parse(row)),
    isEmpty: (bucket: string): boolean => z.object({ found: z.number() }).parse(count.get(bucket)).found === 0,
    allFiles: (): string[] =>
      z
        .array(z.object({ file: z.string() }))
        .parse(files.all())
        .map(({ file }) => file),
  };
}
