import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import type { Publish } from "@vsl/events";
import { createPublisher } from "@vsl/events/publish";
import { Unavailable } from "../unavailable.ts";

/** With a caller waiting: a few quick tries, then the sweeper's minute is the better way. */
export function createBus({ busName }: { busName: string }): Publish {
  const client = new EventBridgeClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 1000, requestTimeout: 2000, throwOnRequestTimeout: true },
  });
  const publish = createPublisher({ client, busName, backoffMs: [50, 200] });
  return (announcements) =>
    publish(announcements).catch((cause: unknown) => {
      throw new Unavailable("the event bus does not take the announcement", { cause });
    });
}
