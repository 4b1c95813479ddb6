import { globToRegExp } from "./commands/glob.ts";
import { push, type Reply } from "./reply.ts";

export interface Subscriber {
  send(reply: Reply): void;
}

export type PubSub = ReturnType<typeof createPubSub>;

/** Who hears which channel, by its name or by a pattern. */
export function createPubSub() {
  const byName = new Map<string, Set<Subscriber>>();
  const byPattern = new Map<string, { matches: RegExp; subscribers: Set<Subscriber> }>();

  return {
    subscribe(channel: string, subscriber: Subscriber): void {
      const subscribers = byName.get(channel) ?? new Set();
      byName.set(channel, subscribers.add(subscriber));
    },
    unsubscribe(channel: string, subscriber: Subscriber): void {
      const subscribers = byName.get(channel);
      subscribers?.delete(subscriber);
      if (subscribers?.size === 0) byName.delete(channel);
    },
    subscribePattern(pattern: string, subscriber: Subscriber): void {
      const known = byPattern.get(pattern) ?? { matches: globToRegExp(pattern), subscribers: new Set() };
      known.subscribers.add(subscriber);
      byPattern.set(pattern, known);
    },
    unsubscribePattern(pattern: string, subscriber: Subscriber): void {
      const known = byPattern.get(pattern);
      known?.subscribers.delete(subscriber);
      if (known?.subscribers.size === 0) byPattern.delete(pattern);
    },
    /** Says how many heard it. */
    publish(channel: string, message: string): number {
      let heard = 0;
      for (const subscriber of byName.get(channel) ?? []) {
        subscriber.send(push("message", channel, message));
        heard += 1;
      }
      for (const [pattern, { matches, subscribers }] of byPattern) {
        if (!matches.test(channel)) continue;
        for (const subscriber of subscribers) {
          subscriber.send(push("pmessage", pattern, channel, message));
          heard += 1;
        }
      }
      return heard;
    },
  };
}
