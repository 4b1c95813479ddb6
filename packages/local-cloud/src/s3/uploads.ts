import { z } from "zod";
import { checksumAlgorithm, checksumType } from "./checksums.ts";
import type { Database } from "./database.ts";
import { json, keyBytes, keyColumn, storedHeaders, tags } from "./rows.ts";
import { s3Error } from "./s3-error.ts";

const uploadRow = z
  .object({
    id: z.string(),
    bucket: z.string(),
    key: keyColumn,
    initiated_at: z.number(),
    headers: json(storedHeaders),
    tags: json(tags),
    algorithm: checksumAlgorithm,
    checksum_type: checksumType,
    default_checksum: z.number(),
  })
  .transform(({ initiated_at, checksum_type, default_checksum, ...row }) => ({
    ...row,
    initiatedAt: initiated_at,
    checksumType: checksum_type,
    /** The client named no algorithm: parts may then carry any, and the object gets S3's own. */
    hasDefaultChecksum: default_checksum === 1,
  }));
export type Upload = z.infer<typeof uploadRow>;

const partRow = z
  .object({
    number: z.number(),
    file: z.string(),
    bytes: z.number(),
    etag: z.string(),
    checksum: z.string(),
    modified_at: z.number(),
  })
  .transform(({ modified_at, ...row }) => ({ ...row, modifiedAt: modified_at }));
/** `checksum` is base64, of the upload's algorithm. */
export type Part = z.infer<typeof partRow>;

export type Uploads = ReturnType<typeof openUploads>;

/** Multipart uploads that are under way. Writes are synchronous: call them inside `Database.commit`. */
export function openUploads(db: Database) {
  const select = db.prepare("select * from uploads where id = ? and bucket = ? and key = ?");
  const selectAll = db.prepare("select * from uploads where bucket = ? order by key, initiated_at, id");
  const insert = db.prepare(
    `insert into uploads (id, bucket, key, initiated_at, headers, tags, algorithm, checksum_type, default_checksum)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const remove = db.prepare("delete from uploads where id = ?");
  const selectParts = db.prepare("select * from parts where upload_id = ? order by number");
  const selectPart = db.prepare("select * from parts where upload_id = ? and number = ?");
  const upsertPart = db.prepare(
    "insert or replace into parts (upload_id, number, file, bytes, etag, checksum, modified_at) values (?, ?, ?, ?, ?, ?, ?)",
  );
  const files = db.prepare("select file from parts");

  const find = (bucket: string, key: string, id: string): Upload | undefined => {
    const row = select.get(id, bucket, keyBytes(key));
    return row && uploadRow.parse(row);
  };
  const parts = (id: string): Part[] => selectParts.all(id).map((row) => partRow.parse(row));

  return {
    find,
    /** Throws `NoSuchUpload`. */
    get(bucket: string, key: string, id: string): Upload {
      const upload = find(bucket, key, id);
      if (!upload) throw s3Error("NoSuchUpload", { UploadId: id });
      return upload;
    },
    /** By key, then by age. */
    list: (bucket: string): Upload[] => selectAll.all(bucket).map((row) => uploadRow.parse(row)),
    insert: (upload: Upload) => {
      insert.run(
        upload.id,
        upload.bucket,
        keyBytes(upload.key),
        upload.initiatedAt,
        JSON.stringify(upload.headers),
        JSON.stringify(upload.tags),
        upload.algorithm,
        upload.checksumType,
        upload.hasDefaultChecksum ? 1 : 0,
      );
    },
    /** Forgets the upload and its parts; whose files these were is the caller's to know. */
    delete: (id: string) => {
      remove.run(id);
    },
    parts,
    /** Returns the file that this part's earlier upload leaves behind. */
    putPart(id: string, part: Part): string[] {
      const earlier = selectPart.get(id, part.number);
      upsertPart.run(id, part.number, part.file, part.bytes, part.etag, part.checksum, part.modifiedAt);
      return earlier ? [partRow.parse(earlier).file] : [];
    },
    allFiles: (): string[] =>
      z
        .array(z.object({ file: z.string() }))
        .parse(files.all())
        .map(({ file }) => file),
  };
}
