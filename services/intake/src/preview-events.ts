import type { JobId } from "@vsl/events";
import type { RowChange } from "@vsl/events/preview";
import { factOf, type HeardEvent } from "./fact.ts";
import type { Job } from "./job.ts";

/** All that a row tells, also before its request is known. */
export type Known = { [Fact in keyof Job]?: Job[Fact] | undefined };

export interface Ports {
  /** Null where there is no row. */
  findKnown: (jobId: JobId) => Promise<Known | null>;
}

/** What recording these events would do to the jobs' rows. Reads only. */
export async function previewEvents({ findKnown }: Ports, events: readonly HeardEvent[]): Promise<RowChange[]> {
  const byJob = [...Map.groupBy(events, ({ payload }) => payload.jobId)];
  const rows = await Promise.all(
    byJob.map(async ([key, about]): Promise<RowChange[]> => {
      const known = await findKnown(key);
      const isNews = about.some((event) => tellsNews(known ?? {}, event));
      if (!known) return isNews ? [{ table: "realtime-jobs", key, change: "added" }] : [];
      return [{ table: "realtime-jobs", key, change: isNews ? "changed" : "equal" }];
    }),
  );
  return rows.flat();
}

/** As the table's conditions decide it: each fact is written once, a charge only over an older one. */
function tellsNews(known: Known, event: HeardEvent): boolean {
  if (event.name === "JobRequested") return known.request === undefined;
  const fact = factOf(event);
  if (!fact) return false;
  if (fact.kind === "charge") return (known.charge?.revision ?? 0) < fact.value.revision;
  return known[fact.kind] === undefined;
}
