import { z } from "zod";

/** A column that holds JSON of the given shape. */
export function json<Schema extends z.ZodType>(schema: Schema) {
  return z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(schema);
}

/** Keys are kept as bytes: S3 orders them so, and SQLite compares blobs so. */
export const keyColumn = z.instanceof(Uint8Array).transform((bytes) => Buffer.from(bytes).toString("utf8"));

export const keyBytes = (key: string): Buffer => Buffer.from(key, "utf8");

export const tags = z.array(z.tuple([z.string(), z.string()]));
export type Tags = z.infer<typeof tags>;

/** The stored response headers of an object: content type, user metadata and the like. */
export const storedHeaders = z.record(z.string(), z.string());
export type StoredHeaders = z.infer<typeof storedHeaders>;
