import type { Publish } from "@vsl/events";
import type { Heard } from "@vsl/events/hear";

/** Announces, in as few calls as fit, then does what was to be done afterwards. `hear` does the same for a queue's batch. */
export async function settle(publish: Publish, heard: readonly Heard[]): Promise<void> {
  await publish(heard.flatMap(({ announce }) => announce));
  await Promise.all(heard.map(({ afterwards }) => afterwards?.()));
}
