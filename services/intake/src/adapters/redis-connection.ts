import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import * as z from "zod";

export const cacheLinkSchema = z.object({
  host: z.string(),
  port: z.coerce.number(),
  username: z.string().optional(),
  password: z.string().optional(),
  /** Unless said otherwise, only a server on this very machine is spoken to in the clear. */
  tls: z.boolean().optional(),
});
export type CacheLink = z.output<typeof cacheLinkSchema>;

/**
 * A server that hangs costs a caller 150 ms, once a second. Counted in turns of our own event loop: when that is late, the
 * answer may well be waiting in the socket, and the fault is not the server's.
 */
const patienceTurns = 5;
const turnMs = 30;
const restMs = 1000;
/** A connection that is silent for so long, with questions open, is made anew. */
const silenceMs = 5000;

export interface RedisConnection {
  redis: Redis;
  /** What the server answers, or what is said `otherwise` when it does not: Redis is never worth failing for. */
  ask<T>(work: (redis: Redis) => Promise<T>, otherwise: (error: unknown) => T | Promise<T>): Promise<T>;
  close(): void;
}

/** `report` hears of an outage at most once a second. Commands are neither queued nor sent twice: one that comes late would count what was counted elsewhere meanwhile. */
export function connectRedis(
  { host, port, username, password, tls = !isLoopback(host) }: CacheLink,
  report: (error: unknown) => void,
): RedisConnection {
  const redis = new Redis({
    host,
    port,
    ...(username && { username }),
    ...(password && { password }),
    ...(tls && { tls: {} }),
    connectTimeout: 2000,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    socketTimeout: silenceMs,
    retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, restMs),
  });
  // Without a listener every failed attempt to connect would be printed; `ask` says what follows from it.
  redis.on("error", () => {});
  const firstContact = new Promise<void>((resolve) => redis.once("ready", resolve));
  let restUntil = 0;

  return {
    redis,
    close: () => redis.disconnect(),

    async ask(work, otherwise) {
      if (Date.now() < restUntil) return otherwise(new Error("Redis did not answer a moment ago"));
      try {
        await Promise.race([firstContact, outOfPatience()]);
        return await Promise.race([work(redis), outOfPatience()]);
      } catch (error) {
        if (Date.now() >= restUntil) report(error);
        restUntil = Date.now() + restMs;
        return otherwise(error);
      }
    },
  };
}

async function outOfPatience(): Promise<never> {
  for (let turn = 0; turn < patienceTurns; turn++) await sleep(turnMs, undefined, { ref: false });
  throw new Error("Redis does not answer");
}

const isLoopback = (host: string) => host === "localhost" || host === "::1" || host.startsWith("127.");
