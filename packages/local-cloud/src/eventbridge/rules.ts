import { z } from "zod";
import { AwsError } from "../endpoint/aws-error.ts";
import { ruleArn } from "./arns.ts";
import { requireBus } from "./buses.ts";
import type { Context } from "./context.ts";
import {
  busNameOrArn,
  description,
  limitExceeded,
  notFound,
  type Operations,
  paging,
  parseInput,
  patternText,
  refuseMembers,
  resourceName,
  someArn,
  tagList,
  validationError,
} from "./input.ts";
import { pageOf } from "./paging.ts";
import { compilePattern } from "./pattern/compile-pattern.ts";
import { dropTags, putTags } from "./tag-store.ts";

const maximumRulesPerBus = 300;

const ruleRow = z.object({
  name: z.string(),
  bus: z.string(),
  pattern: z.string(),
  state: z.string(),
  description: z.string().nullable(),
  roleArn: z.string().nullable(),
  managedBy: z.string().nullable(),
});
const columns = "name, bus, pattern, state, description, role_arn as roleArn, managed_by as managedBy";

const ruleInput = z.object({ Name: resourceName(64), EventBusName: busNameOrArn.optional() });
const deleteInput = ruleInput.extend({ Force: z.boolean().optional() });
const putInput = ruleInput.extend({
  ScheduleExpression: z.string().max(256).optional(),
  EventPattern: patternText.optional(),
  State: z.enum(["ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"]).default("ENABLED"),
  Description: description.optional(),
  RoleArn: someArn.optional(),
  Tags: tagList.default([]),
});
const listInput = paging.extend({ NamePrefix: resourceName(64).optional(), EventBusName: busNameOrArn.optional() });
const byTargetInput = paging.extend({ TargetArn: someArn, EventBusName: busNameOrArn.optional() });

type Rule = z.infer<typeof ruleRow>;

/** Throws ResourceNotFoundException for a bus or a rule that is not there. */
export function requireRule(context: Context, name: string, busNameOrItsArn: string | undefined): Rule {
  const bus = requireBus(context, busNameOrItsArn);
  const row = context.store.db.prepare(`select ${columns} from rules where bus = ? and name = ?`).get(bus, name);
  if (row === undefined) throw notFound(`Rule ${name} does not exist on EventBus ${bus}.`);
  return ruleRow.parse(row);
}

export function refuseManaged({ name, managedBy }: Rule): void {
  if (managedBy === null) return;
  throw new AwsError(
    "ManagedRuleException",
    `Rule ${name} is managed by an AWS service can only be modified if force is true.`,
  );
}

export function createRules(context: Context): Operations {
  const { store, routing, place } = context;
  const { db } = store;
  const rulesOfBus = db.prepare(`select ${columns} from rules where bus = ? order by name`);
  const upsert = db.prepare(`
    insert into rules (bus, name, pattern, state, description, role_arn) values (?, ?, ?, ?, ?, ?)
    on conflict do update set
      pattern = excluded.pattern, state = excluded.state, description = excluded.description, role_arn = excluded.role_arn`);

  const list = (bus: string) => z.array(ruleRow).parse(rulesOfBus.all(bus));
  const describe = (rule: Rule) => ({
    Name: rule.name,
    Arn: ruleArn(place, rule.bus, rule.name),
    EventPattern: rule.pattern,
    State: rule.state,
    Description: rule.description ?? undefined,
    RoleArn: rule.roleArn ?? undefined,
    ManagedBy: rule.managedBy ?? undefined,
    EventBusName: rule.bus,
  });

  const setState = (state: "ENABLED" | "DISABLED") => (input: Record<string, unknown>) => {
    const { Name, EventBusName } = parseInput(ruleInput, input);
    const rule = requireRule(context, Name, EventBusName);
    refuseManaged(rule);
    db.prepare("update rules set state = ? where bus = ? and name = ?").run(state, rule.bus, rule.name);
    routing.forget();
    return {};
  };

  return {
    PutRule(input) {
      const rule = parseInput(putInput, input);
      const bus = requireBus(context, rule.EventBusName);
      if (rule.ScheduleExpression !== undefined && bus !== "default") {
        throw validationError("ScheduleExpression is supported only on the default event bus.");
      }
      refuseMembers("PutRule", input, ["ScheduleExpression"]);
      if (rule.EventPattern === undefined || rule.EventPattern === "") {
        throw validationError("Parameter(s) EventPattern or ScheduleExpression must be specified.");
      }
      compilePattern(rule.EventPattern);
      const rules = list(bus);
      const existing = rules.find(({ name }) => name === rule.Name);
      if (existing) refuseManaged(existing);
      else if (rules.length >= maximumRulesPerBus) throw limitExceeded();
      const { Name, EventPattern, State, Description = null, RoleArn = null, Tags } = rule;
      store.transact(() => {
        upsert.run(bus, Name, EventPattern, State, Description, RoleArn);
        // As on AWS, the tags of a rule that is there change through TagResource alone.
        if (!existing) putTags(store, ruleArn(place, bus, Name), Tags);
      });
      routing.forget();
      return { RuleArn: ruleArn(place, bus, rule.Name) };
    },

    DescribeRule(input) {
      const { Name, EventBusName } = parseInput(ruleInput, input);
      return { ...describe(requireRule(context, Name, EventBusName)), CreatedBy: place.account };
    },

    ListRules(input) {
      const { NamePrefix = "", EventBusName, ...limits } = parseInput(listInput, input);
      const named = list(requireBus(context, EventBusName)).filter(({ name }) => name.startsWith(NamePrefix));
      const { page, NextToken } = pageOf(named, ({ name }) => name, limits);
      return { Rules: page.map(describe), NextToken };
    },

    ListRuleNamesByTarget(input) {
      const { TargetArn, EventBusName, ...limits } = parseInput(byTargetInput, input);
      const bus = requireBus(context, EventBusName);
      const rows = db
        .prepare("select distinct rule as name from targets where bus = ? and settings ->> 'Arn' = ? order by rule")
        .all(bus, TargetArn);
      const { page, NextToken } = pageOf(
        z.array(z.object({ name: z.string() })).parse(rows),
        ({ name }) => name,
        limits,
      );
      return { RuleNames: page.map(({ name }) => name), NextToken };
    },

    EnableRule: setState("ENABLED"),
    DisableRule: setState("DISABLED"),

    /** Succeeds for a rule that is not there, as AWS does. */
    DeleteRule(input) {
      const { Name, EventBusName, Force = false } = parseInput(deleteInput, input);
      const bus = requireBus(context, EventBusName);
      const rule = list(bus).find(({ name }) => name === Name);
      if (rule === undefined) return {};
      if (!Force) refuseManaged(rule);
      const targets = db.prepare("select 1 from targets where bus = ? and rule = ?").get(bus, Name);
      if (targets !== undefined) throw validationError("Rule can't be deleted since it has targets.");
      store.transact(() => {
        db.prepare("delete from rules where bus = ? and name = ?").run(bus, Name);
        dropTags(store, ruleArn(place, bus, Name));
      });
      routing.forget();
      return {};
    },
  };
}
