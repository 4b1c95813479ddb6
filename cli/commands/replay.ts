import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { withClients } from "../clients.ts";
import { type Command, Misuse, type Surroundings } from "../command.ts";
import { createProgress } from "../progress.ts";
import { createArchive } from "../replay/eventbridge-replay.ts";
import { replay as runReplay } from "../replay/replay.ts";
import { needsEvents, readRequest } from "../replay/request.ts";
import { summaryOf } from "../replay/show.ts";
import { openSpool, type Spool } from "../replay/spool.ts";
import { findStage, physicalName, type Stage } from "../stage.ts";

const usage = `Usage: npm run vsl -- replay --service <service> [options]

  --service <name>   who hears the events again: intake or ledger, nobody else
  --from, --to       by the events' own time, such as 2026-11-20T10:30:00Z; all of the archive unless told
  --since <age>      instead of the two: the last 30m, 2h or 7d
  --job, --user, --model, --event
                     only these; each may be said more than once
  --rate <n/s>       no faster than this, such as 50/s or 600/m
  --dry-run          only say what would change
  --stage <name>     a stage on AWS instead of this machine
  --resume <name>    go on with one that was interrupted

Ctrl-C cancels it; what was replayed stays, and a repetition changes nothing.`;

/** Brings a service's store up to what the archive says. */
export const replay: Command = {
  summary: "rebuild a service's store from the archive",
  usage,
  async run(args, surroundings) {
    const { resume, stage: stageName, ...flags } = readFlags(args);
    const { dataDir, now, print, interrupted } = surroundings;
    const request = resume === undefined ? readRequest(flags, now()) : null;
    const kept = resume === undefined ? null : openKept(dataDir, resume);
    const stage = findStage(kept?.state().stage ?? stageName, dataDir);
    await withClients(stage, async (clients) => {
      const name = resume ?? nameOf(stage, flags.service, now());
      const begins = () => createArchive(clients.events, stage).begins();
      const spool = kept ?? openSpool(fileOf(dataDir, name), await initialState());
      const progress = createProgress();
      if (!stage.isLocal && spool.state().request.to > now() - settlingMs) {
        print("Events of the last ten minutes may not be in the archive yet.");
      }
      const isDone = await runReplay({ clients, stage, name, spool, progress, interrupted })
        .catch((error: unknown) => {
          // Nothing was begun that could be gone on with.
          if (error instanceof Misuse) spool.remove();
          throw error;
        })
        .finally(progress.end);
      if (!isDone) {
        spool.close();
        throw new Misuse(`Interrupted. To go on: npm run vsl -- replay --resume ${name}`);
      }
      for (const line of conclusionOf(spool)) print(line);
      spool.remove();

      async function initialState() {
        if (!request) throw new Misuse(usage);
        const from = request.from ?? (await begins());
        const step = "reading" as const;
        return { request: { ...request, from }, stage: stage.name, attempt: 1, from, step };
      }
    });
  },
};

/** How long AWS may take to archive an event. Source: EventBridge's guide on archives, 2026-01. */
const settlingMs = 600_000;

function readFlags(args: string[]) {
  const text = { type: "string" } as const;
  const texts = { type: "string", multiple: true } as const;
  try {
    return parseArgs({
      args,
      options: {
        ...{ service: text, from: text, to: text, since: text, rate: text, stage: text, resume: text },
        ...{ job: texts, user: texts, model: texts, event: texts },
        "dry-run": { type: "boolean" },
      },
    }).values;
  } catch (error) {
    throw new Misuse(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  }
}

function conclusionOf(spool: Spool): string[] {
  const { request } = spool.state();
  if (needsEvents(request)) return summaryOf(spool);
  return [`${request.service} has heard again what the archive holds until ${new Date(request.to).toISOString()}.`];
}

const nameOf = (stage: Stage, service: string | undefined, now: number) =>
  physicalName(stage, `replay-${service}-${new Date(now).toISOString().replaceAll(/\D/g, "")}`);

const folderOf = (dataDir: Surroundings["dataDir"]) => join(dataDir, "replays");
const fileOf = (dataDir: string, name: string) => join(folderOf(dataDir), `${name}.sqlite`);

function openKept(dataDir: string, name: string): Spool {
  try {
    return openSpool(fileOf(dataDir, basename(name)));
  } catch {
    const kept = namesIn(folderOf(dataDir));
    throw new Misuse(`There is no replay ${name} to resume${kept.length > 0 ? `; there are ${kept.join(", ")}` : ""}.`);
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).flatMap((file) => (file.endsWith(".sqlite") ? [basename(file, ".sqlite")] : []));
  } catch {
    return [];
  }
}
