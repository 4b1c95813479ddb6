import { z } from "zod";
import type { RuleTopology, Topology } from "../topology.ts";
import { busArn, type Place } from "./arns.ts";

type Call = (operation: string, input: Record<string, unknown>) => Promise<unknown>;

const buses = z.object({ EventBuses: z.array(z.object({ Name: z.string() })), NextToken: z.string().optional() });
const rules = z.object({
  Rules: z.array(z.object({ Name: z.string(), ManagedBy: z.string().optional() })),
  NextToken: z.string().optional(),
});
const targets = z.object({ Targets: z.array(z.object({ Id: z.string() })) });
const archives = z.object({
  Archives: z.array(z.object({ ArchiveName: z.string() })),
  NextToken: z.string().optional(),
});

/** Brings the buses of a topology to what it says, through the operations that any client has; safe to repeat. */
export async function applyTopology(
  call: Call,
  topology: Pick<Topology, "buses" | "rules" | "archives">,
  place: Place,
): Promise<void> {
  const present = await listAll(call, "ListEventBuses", {}, buses, (answer) => answer.EventBuses);
  for (const { name } of topology.buses) {
    if (!present.some(({ Name }) => Name === name)) await call("CreateEventBus", { Name: name });
  }
  for (const name of new Set([...topology.buses.map((bus) => bus.name), ...topology.rules.map((rule) => rule.bus)])) {
    await removeRulesExcept(
      call,
      name,
      topology.rules.filter(({ bus }) => bus === name),
    );
  }
  for (const rule of topology.rules) await putRule(call, rule);
  const known = await listAll(call, "ListArchives", {}, archives, (answer) => answer.Archives);
  for (const { name, bus, retentionDays, pattern } of topology.archives) {
    // An empty pattern on update stands for none.
    const settings = {
      ArchiveName: name,
      RetentionDays: retentionDays,
      EventPattern: pattern ? JSON.stringify(pattern) : "",
    };
    if (known.some(({ ArchiveName }) => ArchiveName === name)) await call("UpdateArchive", settings);
    else await call("CreateArchive", { ...settings, EventSourceArn: busArn(place, bus) });
  }
}

async function putRule(call: Call, { name, bus, pattern, targets: wanted }: RuleTopology): Promise<void> {
  const rule = { Rule: name, EventBusName: bus };
  await call("PutRule", { Name: name, EventBusName: bus, EventPattern: JSON.stringify(pattern) });
  const present = targets.parse(await call("ListTargetsByRule", rule)).Targets;
  const surplus = present.map(({ Id }) => Id).filter((id) => !wanted.some((target) => target.id === id));
  if (surplus.length > 0) await call("RemoveTargets", { ...rule, Ids: surplus });
  if (wanted.length === 0) return;
  await call("PutTargets", {
    ...rule,
    Targets: wanted.map(({ id, arn, deadLetterQueueArn, maximumRetryAttempts, maximumEventAgeInSeconds }) => ({
      Id: id,
      Arn: arn,
      RetryPolicy: { MaximumRetryAttempts: maximumRetryAttempts, MaximumEventAgeInSeconds: maximumEventAgeInSeconds },
      ...(deadLetterQueueArn === null ? {} : { DeadLetterConfig: { Arn: deadLetterQueueArn } }),
    })),
  });
}

async function removeRulesExcept(call: Call, bus: string, wanted: RuleTopology[]): Promise<void> {
  const present = await listAll(call, "ListRules", { EventBusName: bus }, rules, (answer) => answer.Rules);
  for (const { Name, ManagedBy } of present) {
    if (ManagedBy !== undefined || wanted.some(({ name }) => name === Name)) continue;
    const rule = { Rule: Name, EventBusName: bus };
    const ids = targets.parse(await call("ListTargetsByRule", rule)).Targets.map(({ Id }) => Id);
    if (ids.length > 0) await call("RemoveTargets", { ...rule, Ids: ids });
    await call("DeleteRule", { Name, EventBusName: bus });
  }
}

async function listAll<A extends { NextToken?: string | undefined }, T>(
  call: Call,
  operation: string,
  input: Record<string, unknown>,
  answer: z.ZodType<A>,
  itemsOf: (answer: A) => T[],
): Promise<T[]> {
  const items: T[] = [];
  let next: { NextToken?: string } = {};
  do {
    const page = answer.parse(await call(operation, { ...input, ...next }));
    items.push(...itemsOf(page));
    next = page.NextToken === undefined ? {} : { NextToken: page.NextToken };
  } while (next.NextToken !== undefined);
  return items;
}
