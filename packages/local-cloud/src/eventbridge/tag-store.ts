import { z } from "zod";
import { validationError } from "./input.ts";
import type { Store } from "./store.ts";

export interface Tag {
  Key: string;
  Value: string;
}

const maximumTags = 50;
const rows = z.array(z.object({ Key: z.string(), Value: z.string() }));

export const readTags = ({ db }: Store, arn: string): Tag[] =>
  rows.parse(db.prepare("select key as Key, value as Value from tags where arn = ? order by rowid").all(arn));

/** Adds tags, or gives those that are there a new value. To be called in a transaction. */
export function putTags(store: Store, arn: string, tags: Tag[]): void {
  const keys = tags.map(({ Key }) => Key);
  if (new Set(keys).size < keys.length) {
    throw validationError("Invalid parameter: Duplicated keys are not allowed.");
  }
  if (keys.some((key) => key.toLowerCase().startsWith("aws:"))) {
    throw validationError("aws: prefixed tag key names are not allowed for external use.");
  }
  if (new Set([...readTags(store, arn).map(({ Key }) => Key), ...keys]).size > maximumTags) {
    throw validationError(`A resource can have at most ${maximumTags} tags.`);
  }
  const put = store.db.prepare(
    "insert into tags (arn, key, value) values (?, ?, ?) on conflict do update set value = excluded.value",
  );
  for (const { Key, Value } of tags) put.run(arn, Key, Value);
}

export function dropTags({ db }: Store, arn: string): void {
  db.prepare("delete from tags where arn = ?").run(arn);
}
