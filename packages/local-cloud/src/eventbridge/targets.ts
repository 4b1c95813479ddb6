import { z } from "zod";
import type { Context } from "./context.ts";
import {
  busNameOrArn,
  limitExceeded,
  type Operations,
  paging,
  parseInput,
  refuseMembers,
  resourceName,
} from "./input.ts";
import { pageOf } from "./paging.ts";
import { refuseManaged, requireRule } from "./rules.ts";
import { checkTarget, readTarget, targetSchema } from "./target.ts";

const maximumTargetsPerRule = 5;

const unsupportedParameters = [
  "KinesisParameters",
  "RunCommandParameters",
  "EcsParameters",
  "BatchParameters",
  "HttpParameters",
  "RedshiftDataParameters",
  "SageMakerPipelineParameters",
  "AppSyncParameters",
];

/** With the members that `targetSchema` does not know. */
const givenTargets = z.array(z.record(z.string(), z.unknown()));

const putInput = z.object({
  Rule: resourceName(64),
  EventBusName: busNameOrArn.optional(),
  Targets: z.array(targetSchema).min(1).max(100),
});
const listInput = paging.extend({ Rule: resourceName(64), EventBusName: busNameOrArn.optional() });
const removeInput = z.object({
  Rule: resourceName(64),
  EventBusName: busNameOrArn.optional(),
  Ids: z.array(resourceName(64)).min(1).max(100),
  Force: z.boolean().optional(),
});
const settingsRow = z.object({ settings: z.string() });

export function createTargets(context: Context): Operations {
  const { store, routing } = context;
  const { db } = store;
  const targetsOfRule = db.prepare("select settings from targets where bus = ? and rule = ? order by id");
  const put = db.prepare("insert or replace into targets (bus, rule, id, settings) values (?, ?, ?, ?)");
  const remove = db.prepare("delete from targets where bus = ? and rule = ? and id = ?");

  const list = (bus: string, rule: string) =>
    z
      .array(settingsRow)
      .parse(targetsOfRule.all(bus, rule))
      .map(({ settings }) => readTarget(settings));

  return {
    PutTargets(input) {
      const { Rule, EventBusName, Targets } = parseInput(putInput, input);
      for (const target of givenTargets.parse(input["Targets"])) {
        refuseMembers("PutTargets", target, unsupportedParameters);
      }
      for (const target of Targets) checkTarget(target);
      const rule = requireRule(context, Rule, EventBusName);
      refuseManaged(rule);
      const ids = new Set([...list(rule.bus, rule.name), ...Targets].map(({ Id }) => Id));
      if (ids.size > maximumTargetsPerRule) throw limitExceeded();
      store.transact(() => {
        for (const target of Targets) put.run(rule.bus, rule.name, target.Id, JSON.stringify(target));
      });
      routing.forget();
      return { FailedEntryCount: 0, FailedEntries: [] };
    },

    ListTargetsByRule(input) {
      const { Rule, EventBusName, ...limits } = parseInput(listInput, input);
      const { bus, name } = requireRule(context, Rule, EventBusName);
      const { page, NextToken } = pageOf(list(bus, name), ({ Id }) => Id, limits);
      return { Targets: page, NextToken };
    },

    RemoveTargets(input) {
      const { Rule, EventBusName, Ids, Force = false } = parseInput(removeInput, input);
      const rule = requireRule(context, Rule, EventBusName);
      if (!Force) refuseManaged(rule);
      store.transact(() => {
        for (const id of Ids) remove.run(rule.bus, rule.name, id);
      });
      routing.forget();
      return { FailedEntryCount: 0, FailedEntries: [] };
    },
  };
}
