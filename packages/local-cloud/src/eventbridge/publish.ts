import type { Context } from "./context.ts";
import type { Deliveries, NewDelivery } from "./deliveries.ts";
import type { BusEvent } from "./event.ts";
import { flattenEvent } from "./pattern/flatten-event.ts";
import { targetInput } from "./target-input.ts";

/** Everything that an event leads to on its bus, to be written together. */
export interface Plan {
  event: BusEvent;
  deliveries: NewDelivery[];
  archiveIds: string[];
}

export interface Publisher {
  /** Undefined when there is no such bus. `onlyRules` are ARNs. */
  plan(bus: string, event: BusEvent, onlyRules?: ReadonlySet<string>): Plan | undefined;
  /** To be called inside a transaction; the deliveries start once `deliveries.wake` is told. */
  write(plans: Plan[]): void;
  /** Resolves when the deliveries and the archived copies are on disk. */
  publish(plans: Plan[]): Promise<void>;
}

export function createPublisher({ store, routing, now }: Context, deliveries: Deliveries): Publisher {
  const archive = store.db.prepare(
    "insert into archived_events (archive_id, time, ingested_at, event) values (?, ?, ?, ?)",
  );
  const count = store.db.prepare("update archives set event_count = event_count + 1, bytes = bytes + ? where id = ?");
  const archiveExists = store.db.prepare("select 1 from archives where id = ?");

  function plan(bus: string, event: BusEvent, onlyRules?: ReadonlySet<string>): Plan | undefined {
    const routes = routing.routesOf(bus);
    if (routes === undefined) return undefined;
    const flat = flattenEvent(event.value);
    const matched = routes.filter((route) => (onlyRules?.has(route.ruleArn) ?? true) && route.matches(flat));
    return {
      event,
      archiveIds: matched.flatMap(({ archiveId }) => archiveId ?? []),
      deliveries: matched.flatMap(({ ruleArn, ruleName, targets }) =>
        targets.map((target) => ({
          ruleArn,
          targetArn: target.Arn,
          body: targetInput(target, { ...event, ruleArn, ruleName, ingestedAt: now() }),
          groupId: target.SqsParameters?.MessageGroupId ?? null,
          deadLetterArn: target.DeadLetterConfig?.Arn ?? null,
          maximumRetryAttempts: target.RetryPolicy?.MaximumRetryAttempts ?? 185,
          maximumEventAgeSeconds: target.RetryPolicy?.MaximumEventAgeInSeconds ?? 86_400,
          forwarded: event.forwarded,
        })),
      ),
    };
  }

  function write(plans: Plan[]): void {
    for (const { event, archiveIds, deliveries: planned } of plans) {
      for (const delivery of planned) deliveries.insert(delivery);
      for (const id of archiveIds) {
        // The archive may have been deleted between plan and write.
        if (archiveExists.get(id) === undefined) continue;
        archive.run(id, event.time, now(), event.json);
        count.run(Buffer.byteLength(event.json), id);
      }
    }
  }

  return {
    plan,
    write,
    async publish(plans) {
      const effective = plans.filter((each) => each.deliveries.length + each.archiveIds.length > 0);
      if (effective.length === 0) return;
      await store.commit(() => write(effective));
      deliveries.wake(effective.flatMap((each) => each.deliveries));
    },
  };
}
