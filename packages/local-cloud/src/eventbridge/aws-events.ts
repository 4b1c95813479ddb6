import { randomUUID } from "node:crypto";
import type { Context } from "./context.ts";
import { makeEvent } from "./event.ts";
import type { Publisher } from "./publish.ts";

export interface AwsEvent {
  /** Begins with `aws.`, which PutEvents refuses. */
  source: string;
  detailType: string;
  /** Epoch milliseconds. */
  time: number;
  resources: string[];
  detail: Record<string, unknown>;
}

/** AWS's services speak on the default bus only. */
export async function publishAwsEvents({ place }: Context, publisher: Publisher, events: AwsEvent[]): Promise<void> {
  const plans = events.map(({ detail, ...rest }) =>
    publisher.plan("default", makeEvent({ ...place, ...rest, id: randomUUID(), detail: JSON.stringify(detail) })),
  );
  await publisher.publish(plans.flatMap((plan) => plan ?? []));
}
