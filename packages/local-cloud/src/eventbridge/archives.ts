import { randomUUID } from "node:crypto";
import { z } from "zod";
import { archiveArn, busArn } from "./arns.ts";
import { requireBus } from "./buses.ts";
import { type Context, epochSeconds } from "./context.ts";
import {
  alreadyExists,
  description,
  notFound,
  type Operations,
  paging,
  parseInput,
  patternText,
  refuseMembers,
  resourceName,
  someArn,
  validationError,
} from "./input.ts";
import { pageOf } from "./paging.ts";
import { compilePattern } from "./pattern/compile-pattern.ts";

const archiveRow = z.object({
  name: z.string(),
  id: z.string(),
  bus: z.string(),
  description: z.string().nullable(),
  pattern: z.string().nullable(),
  retentionDays: z.number(),
  createdAt: z.number(),
  eventCount: z.number(),
  bytes: z.number(),
});
export type Archive = z.infer<typeof archiveRow>;

const selectArchives = `select name, id, bus, description, pattern, retention_days as retentionDays,
  created_at as createdAt, event_count as eventCount, bytes from archives order by name`;

const archiveInput = z.object({ ArchiveName: resourceName(48) });
const updateInput = archiveInput.extend({
  Description: description.optional(),
  EventPattern: patternText.optional(),
  RetentionDays: z.int().min(0).optional(),
});
const createInput = updateInput.extend({ EventSourceArn: someArn });
const listInput = paging.extend({
  NamePrefix: resourceName(48).optional(),
  EventSourceArn: someArn.optional(),
  State: z.enum(["ENABLED", "DISABLED", "CREATING", "UPDATING", "CREATE_FAILED", "UPDATE_FAILED"]).optional(),
});

export const findArchive = ({ store }: Context, name: string): Archive | undefined =>
  z
    .array(archiveRow)
    .parse(store.db.prepare(selectArchives).all())
    .find((archive) => archive.name === name);

export function createArchives(context: Context): Operations {
  const { store, routing, place, now } = context;
  const { db } = store;
  const insert = db.prepare(
    "insert into archives (name, id, bus, description, pattern, retention_days, created_at) values (?, ?, ?, ?, ?, ?, ?)",
  );
  const update = db.prepare("update archives set description = ?, pattern = ?, retention_days = ? where name = ?");

  const list = () => z.array(archiveRow).parse(db.prepare(selectArchives).all());

  function requireArchive(name: string): Archive {
    const archive = findArchive(context, name);
    if (archive === undefined) throw notFound(`Archive ${name} does not exist.`);
    return archive;
  }

  const describe = (archive: Archive) => ({
    ArchiveName: archive.name,
    EventSourceArn: busArn(place, archive.bus),
    State: "ENABLED",
    RetentionDays: archive.retentionDays,
    SizeBytes: archive.bytes,
    EventCount: archive.eventCount,
    CreationTime: epochSeconds(archive.createdAt),
  });
  const receipt = ({ name, createdAt }: Archive) => ({
    ArchiveArn: archiveArn(place, name),
    State: "ENABLED",
    CreationTime: epochSeconds(createdAt),
  });

  return {
    CreateArchive(input) {
      refuseMembers("CreateArchive", input, ["KmsKeyIdentifier"]);
      const { ArchiveName, EventSourceArn, EventPattern, ...rest } = parseInput(createInput, input);
      const bus = requireBus(context, EventSourceArn);
      if (EventPattern) compilePattern(EventPattern);
      if (findArchive(context, ArchiveName)) throw alreadyExists(`Archive ${ArchiveName} already exists.`);
      const { Description = null, RetentionDays = 0 } = rest;
      store.transact(() => {
        insert.run(ArchiveName, randomUUID(), bus, Description, EventPattern || null, RetentionDays, now());
        putManagedRule(context, requireArchive(ArchiveName));
      });
      routing.forget();
      return receipt(requireArchive(ArchiveName));
    },

    DescribeArchive(input) {
      const archive = requireArchive(parseInput(archiveInput, input).ArchiveName);
      return {
        ArchiveArn: archiveArn(place, archive.name),
        ...describe(archive),
        Description: archive.description ?? undefined,
        EventPattern: archive.pattern ?? undefined,
      };
    },

    ListArchives(input) {
      const { NamePrefix, EventSourceArn, State, ...limits } = parseInput(listInput, input);
      if ([NamePrefix, EventSourceArn, State].filter((filter) => filter !== undefined).length > 1) {
        throw validationError(
          "At most one filter is allowed for ListArchives. Use either : State, EventSourceArn, or NamePrefix.",
        );
      }
      const bus = EventSourceArn === undefined ? undefined : requireBus(context, EventSourceArn);
      const wanted = list().filter(
        (archive) =>
          archive.name.startsWith(NamePrefix ?? "") &&
          (bus === undefined || archive.bus === bus) &&
          (State === undefined || State === "ENABLED"),
      );
      const { page, NextToken } = pageOf(wanted, ({ name }) => name, limits);
      return { Archives: page.map(describe), NextToken };
    },

    UpdateArchive(input) {
      refuseMembers("UpdateArchive", input, ["KmsKeyIdentifier"]);
      const { ArchiveName, Description, EventPattern, RetentionDays } = parseInput(updateInput, input);
      const before = requireArchive(ArchiveName);
      if (EventPattern) compilePattern(EventPattern);
      const pattern = EventPattern === undefined ? before.pattern : EventPattern || null;
      store.transact(() => {
        update.run(Description ?? before.description, pattern, RetentionDays ?? before.retentionDays, ArchiveName);
        putManagedRule(context, requireArchive(ArchiveName));
      });
      routing.forget();
      return receipt(requireArchive(ArchiveName));
    },

    DeleteArchive(input) {
      const { name, bus } = requireArchive(parseInput(archiveInput, input).ArchiveName);
      store.transact(() => {
        db.prepare("delete from rules where bus = ? and name = ?").run(bus, managedRule(name));
        db.prepare("delete from archives where name = ?").run(name);
      });
      routing.forget();
      return {};
    },
  };
}

const managedRule = (archive: string) => `Events-Archive-${archive}`;

/** As on AWS, an archive is fed by a rule that can be listed, and that keeps replayed events out. */
function putManagedRule({ store, place }: Context, { name, id, bus, pattern }: Archive): void {
  const withoutReplays = {
    ...z.record(z.string(), z.unknown()).parse(JSON.parse(pattern ?? "{}")),
    "replay-name": [{ exists: false }],
  };
  const rule = managedRule(name);
  const target = {
    Id: rule,
    Arn: `arn:aws:events:${place.region}:::`,
    InputTransformer: {
      InputPathsMap: {},
      InputTemplate: `{"archive-arn": "${archiveArn(place, name)}:${id}", "event": <aws.events.event.json>, "ingestion-time": <aws.events.event.ingestion-time>}`,
    },
  };
  store.db
    .prepare(
      `insert into rules (bus, name, pattern, state, managed_by) values (?, ?, ?, 'ENABLED', 'prod.vhs.events.aws.internal')
       on conflict do update set pattern = excluded.pattern`,
    )
    .run(bus, rule, JSON.stringify(withoutReplays));
  store.db
    .prepare("insert or replace into targets (bus, rule, id, settings) values (?, ?, ?, ?)")
    .run(bus, rule, rule, JSON.stringify(target));
}
