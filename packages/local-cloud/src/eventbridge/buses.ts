import { z } from "zod";
import { busArn, busNameOf } from "./arns.ts";
import { type Context, epochSeconds } from "./context.ts";
import {
  alreadyExists,
  busNameOrArn,
  description,
  notFound,
  type Operations,
  paging,
  parseInput,
  refuseMembers,
  tagList,
  validationError,
} from "./input.ts";
import { pageOf } from "./paging.ts";
import { dropTags, putTags } from "./tag-store.ts";

const busRow = z.object({
  name: z.string(),
  description: z.string().nullable(),
  createdAt: z.number(),
  modifiedAt: z.number(),
});

const busName = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[/.\-_A-Za-z0-9]+$/);
const createInput = z.object({ Name: busName, Description: description.optional(), Tags: tagList.default([]) });
const updateInput = z.object({ Name: busName.optional(), Description: description.optional() });
const describeInput = z.object({ Name: busNameOrArn.optional() });
const deleteInput = z.object({ Name: busName });
/** All of them concern keys and logs of AWS's that are not here. */
const unsupportedSettings = ["KmsKeyIdentifier", "DeadLetterConfig", "LogConfig"];

const listInput = paging.extend({ NamePrefix: z.string().min(1).max(256).optional() });

/** Throws ResourceNotFoundException for a bus that is not there. */
export function requireBus({ store }: Context, nameOrArn: string | undefined): string {
  const name = busNameOf(nameOrArn);
  if (store.db.prepare("select 1 from buses where name = ?").get(name) === undefined) {
    throw notFound(`Event bus ${name} does not exist.`);
  }
  return name;
}

export function createBuses(context: Context): Operations {
  const { store, place, now } = context;
  const { db } = store;
  const selectAll = db.prepare(
    "select name, description, created_at as createdAt, modified_at as modifiedAt from buses order by name",
  );
  const insert = db.prepare("insert into buses (name, description, created_at, modified_at) values (?, ?, ?, ?)");
  if (db.prepare("select 1 from buses where name = 'default'").get() === undefined) {
    insert.run("default", null, now(), now());
  }

  const describe = (bus: z.infer<typeof busRow>) => ({
    Name: bus.name,
    Arn: busArn(place, bus.name),
    Description: bus.description ?? undefined,
    CreationTime: epochSeconds(bus.createdAt),
    LastModifiedTime: epochSeconds(bus.modifiedAt),
  });
  const all = () => z.array(busRow).parse(selectAll.all());

  return {
    CreateEventBus(input) {
      refuseMembers("CreateEventBus", input, ["EventSourceName", ...unsupportedSettings]);
      const { Name, Description, Tags } = parseInput(createInput, input);
      if (Name.includes("/")) throw validationError("Event bus name must not contain '/'.");
      if (all().some(({ name }) => name === Name)) throw alreadyExists(`Event bus ${Name} already exists.`);
      store.transact(() => {
        insert.run(Name, Description ?? null, now(), now());
        putTags(store, busArn(place, Name), Tags);
      });
      context.routing.forget();
      return { EventBusArn: busArn(place, Name), Description };
    },

    DescribeEventBus(input) {
      const name = requireBus(context, parseInput(describeInput, input).Name);
      const bus = all().find((candidate) => candidate.name === name);
      return bus && describe(bus);
    },

    /** What the call leaves out stays as it is. */
    UpdateEventBus(input) {
      refuseMembers("UpdateEventBus", input, unsupportedSettings);
      const { Name, Description } = parseInput(updateInput, input);
      const name = requireBus(context, Name);
      db.prepare("update buses set description = coalesce(?, description), modified_at = ? where name = ?").run(
        Description ?? null,
        now(),
        name,
      );
      const bus = all().find((candidate) => candidate.name === name);
      return { Arn: busArn(place, name), Name: name, Description: bus?.description ?? undefined };
    },

    ListEventBuses(input) {
      const { NamePrefix = "", ...limits } = parseInput(listInput, input);
      const named = all().filter(({ name }) => name.startsWith(NamePrefix));
      const { page, NextToken } = pageOf(named, ({ name }) => name, limits);
      return { EventBuses: page.map(describe), NextToken };
    },

    DeleteEventBus(input) {
      const { Name } = parseInput(deleteInput, input);
      if (Name === "default") throw validationError("Cannot delete event bus default.");
      if (db.prepare("select 1 from rules where bus = ?").get(Name) !== undefined) {
        throw validationError(`Event bus ${Name} can't be deleted since it has rules.`);
      }
      store.transact(() => {
        db.prepare("delete from buses where name = ?").run(Name);
        dropTags(store, busArn(place, Name));
      });
      context.routing.forget();
      return {};
    },
  };
}
