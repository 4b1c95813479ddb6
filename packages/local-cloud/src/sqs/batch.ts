import { AwsError } from "../endpoint/aws-error.ts";
import { emptyBatch, invalidBatchEntryId, repeatedBatchEntryId, tooManyEntries } from "./errors.ts";

const entryId = /^[A-Za-z0-9_-]{1,80}$/;

/** Faults of the batch as a whole; they refuse every entry. */
export function checkBatch(entries: { Id: string }[], entryShape: string): void {
  if (entries.length === 0) throw emptyBatch(entryShape);
  if (entries.length > 10) throw tooManyEntries(entries.length);
  const seen = new Set<string>();
  for (const { Id } of entries) {
    if (!entryId.test(Id)) throw invalidBatchEntryId();
    if (seen.has(Id)) throw repeatedBatchEntryId(Id);
    seen.add(Id);
  }
}

/** Does each entry by itself: what AWS would refuse is listed as failed and leaves the others alone. */
export function doEach<Entry extends { Id: string }>(entries: Entry[], act: (entry: Entry) => object | undefined) {
  const Successful: object[] = [];
  const Failed: object[] = [];
  for (const entry of entries) {
    try {
      Successful.push({ Id: entry.Id, ...act(entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      Failed.push({ Id: entry.Id, SenderFault: true, Code: error.code, Message: error.message });
    }
  }
  return { Successful, ...(Failed.length > 0 && { Failed }) };
}
