import { z } from "zod";
import type { Context } from "./context.ts";

const dayMs = 86_400_000;
const replayNamesKeptDays = 90;

const limited = z.object({ id: z.string(), retentionDays: z.number() });

/** Forgets archived events that are past their archive's retention, and replays that ended long ago. */
export function expire({ store, now }: Context): void {
  const { db } = store;
  const archives = db
    .prepare("select id, retention_days as retentionDays from archives where retention_days > 0")
    .all();
  const remove = db.prepare("delete from archived_events where archive_id = ? and ingested_at < ?");
  const recount = db.prepare(`
    update archives set (event_count, bytes) =
      (select count(*), coalesce(sum(octet_length(event)), 0) from archived_events where archive_id = archives.id)
    where id = ?`);
  store.transact(() => {
    for (const { id, retentionDays } of z.array(limited).parse(archives)) {
      const { changes } = remove.run(id, now() - retentionDays * dayMs);
      if (Number(changes) > 0) recount.run(id);
    }
    db.prepare("delete from replays where ended_at < ?").run(now() - replayNamesKeptDays * dayMs);
  });
}
