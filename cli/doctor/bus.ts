import { bad, type Check, good } from "./check.ts";

interface BusPorts {
  /** Null where there is none. */
  findBus: () => Promise<string | null>;
  /** The archive's state, such as ENABLED; null where there is none. */
  findArchive: () => Promise<{ state: string; sourceArn: string } | null>;
  remedy: string;
}

export const busThere = ({ findBus, remedy }: Pick<BusPorts, "findBus" | "remedy">): Check => ({
  name: "event bus",
  find: async () => ((await findBus()) === null ? bad("there is none", remedy) : good()),
});

/** An archive that does not record is noticed when a replay wants what it never held. */
export const archiveRecords = ({ findBus, findArchive, remedy }: BusPorts): Check => ({
  name: "archive",
  async find() {
    const [busArn, archive] = await Promise.all([findBus(), findArchive()]);
    if (archive === null) return bad("there is none", remedy);
    if (archive.state !== "ENABLED") return bad(`it is ${archive.state} and records nothing`, remedy);
    return archive.sourceArn === busArn ? good() : bad(`it records another bus, ${archive.sourceArn}`, remedy);
  },
});
