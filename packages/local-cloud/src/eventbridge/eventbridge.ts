import { type JsonService, unknownOperation } from "../endpoint/json-service.ts";
import type { Report } from "../report.ts";
import type { Topology } from "../topology.ts";
import { applyTopology } from "./apply-topology.ts";
import { createArchives } from "./archives.ts";
import { isBusArn } from "./arns.ts";
import { type AwsEvent, publishAwsEvents } from "./aws-events.ts";
import { createBuses } from "./buses.ts";
import type { Context } from "./context.ts";
import { deliverToBus } from "./deliver-to-bus.ts";
import { createDeliveries, type Deliver, type Delivery, type Message } from "./deliveries.ts";
import type { Operations } from "./input.ts";
import { createPublisher } from "./publish.ts";
import { createPutEvents } from "./put-events.ts";
import { createReplayRunner } from "./replay-runner.ts";
import { createReplays } from "./replays.ts";
import { expire } from "./retention.ts";
import { backoff } from "./retry.ts";
import { createRouting } from "./routing.ts";
import { createRules } from "./rules.ts";
import { openStore } from "./store.ts";
import { createTags } from "./tags.ts";
import { createTargets } from "./targets.ts";
import { testEventPattern } from "./test-event-pattern.ts";

export interface EventBridgeOptions {
  /** A folder of its own; created when missing. */
  dataDir: string;
  region: string;
  account: string;
  /** Epoch ms. */
  now?: () => number;
  /** Hands messages to queues and functions; buses are served from within. */
  deliver: Deliver;
  /** Hears of lost events: unknown buses, deliveries given up without a dead-letter queue. */
  report: Report;
  /** Milliseconds before the next try, after so many. */
  retryDelay?: (attempts: number) => number;
}

export interface EventBridge extends JsonService {
  /** Makes buses, rules, targets and archives match; archives, and buses that are not in it, stay as they are. */
  applyTopology(topology: Pick<Topology, "buses" | "rules" | "archives">): Promise<void>;
  /** What AWS's own services tell the default bus, which nobody else may in their name. Resolves once it is on disk. */
  publishAwsEvents(events: AwsEvent[]): Promise<void>;
  close(): Promise<void>;
}

const hourMs = 3_600_000;

export function createEventBridge(options: EventBridgeOptions): EventBridge {
  const { dataDir, region, account, now = Date.now, deliver, report, retryDelay = backoff } = options;
  const store = openStore(dataDir);
  const place = { region, account };
  const context: Context = { store, place, now, routing: createRouting(store, place) };
  const deliveries = createDeliveries({
    store,
    now,
    report,
    retryDelay,
    attempt: (targetArn, due) =>
      isBusArn(targetArn) ? deliverToBus(context, publisher, targetArn, due) : deliver(targetArn, due.map(toMessage)),
  });
  const publisher = createPublisher(context, deliveries);
  const runner = createReplayRunner({ context, publisher, deliveries, report });

  const operations: Operations = {
    ...createBuses(context),
    ...createRules(context),
    ...createTargets(context),
    ...createTags(context),
    ...createArchives(context),
    ...createReplays(context, runner),
    ...createPutEvents(context, publisher, report),
    ...testEventPattern,
  };
  // Retention is counted in days; what has expired must also be gone before it could be replayed or counted.
  const readsArchives = new Set(["StartReplay", "DescribeArchive", "ListArchives"]);

  async function call(operation: string, input: Record<string, unknown>): Promise<unknown> {
    const perform = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
    if (perform === undefined) throw unknownOperation(operation);
    if (readsArchives.has(operation)) expire(context);
    return await perform(input);
  }

  expire(context);
  const expiry = setInterval(expire, hourMs, context);
  expiry.unref();
  deliveries.resume();
  runner.resume();

  return {
    targetPrefix: "AWSEvents",
    jsonVersion: "1.1",
    errorNamespace: "",
    call,
    applyTopology: (topology) => applyTopology(call, topology, place),
    publishAwsEvents: (events) => publishAwsEvents(context, publisher, events),
    async close() {
      clearInterval(expiry);
      await Promise.all([runner.close(), deliveries.close()]);
      store.close();
    },
  };
}

const toMessage = ({ seq, body, groupId, attributes }: Delivery): Message => ({
  id: String(seq),
  json: body,
  ...(groupId === null ? {} : { groupId }),
  ...(attributes === null ? {} : { attributes }),
});
