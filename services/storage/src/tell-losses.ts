import { MediaLost, type Publish } from "@vsl/events";

interface Ports {
  publish: Publish;
  warn: (message: "media lost", facts: { id: string; correlationId: string }) => void;
}

/** Announces, and says in the log what was lost: the other services hear the event, people the alarm on this line. */
export const tellLosses =
  ({ publish, warn }: Ports): Publish =>
  async (announcements) => {
    await publish(announcements);
    for (const { detailType, detail } of announcements) {
      if (detailType === MediaLost.name) warn("media lost", { id: detail.id, correlationId: detail.correlationId });
    }
  };
