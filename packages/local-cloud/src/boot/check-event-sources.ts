import type { Iam } from "../iam/iam.ts";
import type { Topology } from "../topology.ts";
import { queueArn } from "./apply-topology.ts";

const actions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];

/** Lambda polls a queue in the function's name, and AWS makes no event source for a function that may not. */
export function checkEventSources(topology: Topology, iam: Pick<Iam, "requireOfFunction">): void {
  for (const { queue, function: name } of topology.eventSources) {
    const resource = queueArn(topology, queue);
    try {
      iam.requireOfFunction(
        name,
        actions.map((action) => ({ action, resource })),
      );
    } catch (cause) {
      throw new Error(`${name} cannot hear ${queue}: its role needs ${actions.join(", ")} on ${resource}.`, { cause });
    }
  }
}
