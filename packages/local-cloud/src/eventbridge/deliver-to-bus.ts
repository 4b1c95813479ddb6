import { z } from "zod";
import { busArn, busNameOf } from "./arns.ts";
import type { Context } from "./context.ts";
import type { Delivery, DeliveryResult } from "./deliveries.ts";
import { readEvent } from "./event.ts";
import type { Plan, Publisher } from "./publish.ts";

const eventTime = z.object({ time: z.iso.datetime().transform(Date.parse) });

/** Bus to bus, once: what came from a bus is not forwarded to a third. */
export async function deliverToBus(
  { place }: Context,
  publisher: Publisher,
  targetArn: string,
  deliveries: Delivery[],
): Promise<DeliveryResult[]> {
  const bus = busNameOf(targetArn);
  const plans: Plan[] = [];
  const results = deliveries.map(({ seq, body, forwarded }): DeliveryResult => {
    const id = String(seq);
    if (forwarded) return { id, failure: secondHop };
    const event = readEvent(body, eventTime.parse(JSON.parse(body)).time);
    const plan = busArn(place, bus) === targetArn ? publisher.plan(bus, { ...event, forwarded: true }) : undefined;
    if (plan === undefined) {
      return { id, failure: { errorCode: "NO_RESOURCE", message: `Event bus ${bus} does not exist.` } };
    }
    plans.push(plan);
    return { id };
  });
  await publisher.publish(plans);
  return results;
}

const secondHop = {
  errorCode: "THIRD_ACCOUNT_HOP_DETECTED",
  message: "Events received from another event bus cannot be forwarded to this event bus.",
};
