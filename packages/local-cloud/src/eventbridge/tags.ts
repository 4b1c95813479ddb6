import { z } from "zod";
import { busArn, ruleArn } from "./arns.ts";
import { requireBus } from "./buses.ts";
import type { Context } from "./context.ts";
import { type Operations, parseInput, someArn, tagList, validationError } from "./input.ts";
import { refuseManaged, requireRule } from "./rules.ts";
import { putTags, readTags } from "./tag-store.ts";

const resourceInput = z.object({ ResourceARN: someArn });
const tagInput = resourceInput.extend({ Tags: tagList });
const untagInput = resourceInput.extend({ TagKeys: z.array(z.string().min(1).max(128)) });

export function createTags(context: Context): Operations {
  const { store } = context;
  const remove = store.db.prepare("delete from tags where arn = ? and key = ?");

  return {
    TagResource(input) {
      const { ResourceARN, Tags } = parseInput(tagInput, input);
      const arn = requireResource(context, ResourceARN, "to change");
      store.transact(() => putTags(store, arn, Tags));
      return {};
    },

    UntagResource(input) {
      const { ResourceARN, TagKeys } = parseInput(untagInput, input);
      const arn = requireResource(context, ResourceARN, "to change");
      store.transact(() => {
        for (const key of TagKeys) remove.run(arn, key);
      });
      return {};
    },

    ListTagsForResource(input) {
      return {
        Tags: readTags(store, requireResource(context, parseInput(resourceInput, input).ResourceARN, "to read")),
      };
    },
  };
}

/** The ARN of a rule or a bus that is there; only these two take tags. */
function requireResource(context: Context, arn: string, purpose: "to change" | "to read"): string {
  const [kind, ...names] = arn.split(":").slice(5).join(":").split("/");
  if (kind === "event-bus" && names.length > 0) return busArn(context.place, requireBus(context, arn));
  const name = names.pop();
  if (kind !== "rule" || name === undefined) {
    throw validationError(`Parameter ${arn} is not valid. Reason: Provided Arn is not in correct format.`);
  }
  const rule = requireRule(context, name, names.join("/") || undefined);
  if (purpose === "to change") refuseManaged(rule);
  return ruleArn(context.place, rule.bus, rule.name);
}
