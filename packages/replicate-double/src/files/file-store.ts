import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import type { Clock } from "../clock.ts";

const describedFile = z.object({
  id: z.string(),
  name: z.string(),
  contentType: z.string(),
  bytes: z.int(),
  md5: z.string(),
  sha256: z.string(),
  metadata: z.record(z.string(), z.unknown()),
  createdAt: z.number(),
  expiresAt: z.number(),
});

/** An uploaded file without its content. */
export type UploadedFile = z.infer<typeof describedFile>;

/** Uploads, as long as they live: an expired one is as if it had never been. */
export interface FileStore {
  save(file: UploadedFile, content: Uint8Array): void;
  find(id: string): UploadedFile | undefined;
  contentOf(id: string): Uint8Array | undefined;
  /** The most recent first. */
  list(): UploadedFile[];
  remove(id: string): void;
}

const row = z.object({ json: z.string() });
const contentRow = z.object({ content: z.instanceof(Uint8Array) });

export function createFileStore(database: DatabaseSync, clock: Clock): FileStore {
  database.exec(`CREATE TABLE IF NOT EXISTS files (
    position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, expiresAt REAL NOT NULL, json TEXT NOT NULL, content BLOB NOT NULL
  ) STRICT`);
  const insert = database.prepare("INSERT INTO files (id, expiresAt, json, content) VALUES (?, ?, ?, ?)");
  const select = database.prepare("SELECT json FROM files WHERE id = ?");
  const selectContent = database.prepare("SELECT content FROM files WHERE id = ?");
  const selectAll = database.prepare("SELECT json FROM files ORDER BY position DESC");
  const drop = database.prepare("DELETE FROM files WHERE id = ?");
  const dropExpired = database.prepare("DELETE FROM files WHERE expiresAt <= ?");
  const parse = ({ json }: z.infer<typeof row>) => describedFile.parse(JSON.parse(json));
  const expire = () => dropExpired.run(clock.now());
  return {
    save(file, content) {
      expire();
      insert.run(file.id, file.expiresAt, JSON.stringify(file), content);
    },
    find(id) {
      expire();
      const found = row.optional().parse(select.get(id));
      return found && parse(found);
    },
    contentOf(id) {
      expire();
      return contentRow.optional().parse(selectContent.get(id))?.content;
    },
    list() {
      expire();
      return z.array(row).parse(selectAll.all()).map(parse);
    },
    remove(id) {
      drop.run(id);
    },
  };
}
