import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

const topology = z
  .object({
    functions: z.array(
      z.object({
        name: z.string(),
        service: z.string(),
        permissions: z.array(z.object({ actions: z.array(z.string()), resources: z.array(z.string()) })),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL("../infra/topology.json", import.meta.url), "utf8")));

const usedRight = z.object({
  service: z.string(),
  function: z.string().nullable(),
  action: z.string(),
  resource: z.string(),
});
type UsedRight = z.output<typeof usedRight>;

/** Rights that no run on one machine can use. Each has its reason. */
const unusable = [
  { action: /^xray:/, reason: "Lambda itself sends its traces, in the function's name" },
  { action: /^sqs:GetQueueUrl$/, reason: "SST grants it with every subscription" },
  {
    action: /^dynamodb:PutItem$/,
    function: "vsl-local-bridge-webhook",
    reason: "needed when a webhook is faster than the answer to its create, which happens, but not when asked to",
  },
  {
    action: /^dynamodb:PutItem$/,
    function: "vsl-local-bridge-reconcile",
    reason: "puts off the check of a prediction that still runs after 45 seconds, which is longer than a test",
  },
];

/** Asked for once a process: on one machine the functions of a service share one, and so the answer. */
const sharedByService = ["events:DescribeEventBus"];

export async function readUsedRights({ dataDir }: { dataDir: string }): Promise<UsedRight[]> {
  const lines = (await readFile(join(dataDir, "aws", "iam", "used-rights.jsonl"), "utf8")).trimEnd().split("\n");
  return lines.map((line) => usedRight.parse(JSON.parse(line)));
}

/** What was granted to a function, and never used by it. */
export function unusedRights(used: readonly UsedRight[]): string[] {
  return topology.functions.flatMap(({ name, service, permissions }) => {
    const isUsed = (action: string, resource: string) =>
      used.some(
        (right) =>
          right.action === action &&
          right.resource === resource &&
          // A presigned URL tells which service has signed it, and no more.
          (right.function === name ||
            (right.service === service && (right.function === null || sharedByService.includes(action)))),
      );
    const granted = permissions.flatMap(({ actions, resources }) =>
      actions.flatMap((action) => resources.map((resource) => ({ action, resource }))),
    );
    return granted
      .filter(({ action }) => !unusable.some((each) => each.action.test(action) && (each.function ?? name) === name))
      .filter(({ action, resource }) => !isUsed(action, resource))
      .map(({ action, resource }) => `${name}: ${action} on ${resource}`);
  });
}
