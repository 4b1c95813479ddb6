import { Redis as Client } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { describeScripts } from "./describe-scripts.ts";

type Protocol = 2 | 3;

/** What our services, and ioredis, expect of any Redis: ours, or the one that CI runs. Uses database 9. */
export function describeRedis(name: string, open: () => Promise<{ url: string; stop(): Promise<void> }>) {
  describe.each<Protocol>([2, 3])(`${name}, RESP%i`, (protocol) => {
    let url: string;
    let stop: () => Promise<void>;
    let client: Client;
    const clients: Client[] = [];

    beforeAll(async () => {
      ({ url, stop } = await open());
    });
    afterAll(() => stop());
    beforeEach(async () => {
      client = connect();
      await client.flushdb();
    });
    afterEach(() => {
      for (const one of clients.splice(0)) one.disconnect();
    });

    function connect(): Client {
      const one = new Client(url, { protocol, db: 9, retryStrategy: () => null });
      clients.push(one);
      return one;
    }
    const ask = (line: string) => {
      const [command = "", ...args] = line.split(" ");
      return client.call(command, ...args);
    };
    /** Runs lines one after the other; an error's message is its answer. */
    async function answers(...lines: string[]): Promise<unknown[]> {
      const given: unknown[] = [];
      for (const line of lines) given.push(await ask(line).catch((error: Error) => error.message));
      return given;
    }

    test("sets strings only if, until, and with what was there", async () => {
      expect(await answers("SET a 1 NX", "SET a 2 NX", "SET b 1 XX", "SET a 2 XX", "SET a 3 GET", "GET a")).toEqual([
        "OK",
        null,
        null,
        "OK",
        "2",
        "3",
      ]);
      expect(await answers("SET a 1 EX 100", "SET a 2 KEEPTTL", "TTL a", "SET a 3", "TTL a", "TTL none")).toEqual([
        "OK",
        "OK",
        100,
        "OK",
        -1,
        -2,
      ]);
      expect(await answers("SET a 1 EX 0", "SET a 1 NX XX", "SET a 1 EX", "SETEX a x 1", "GET")).toEqual([
        "ERR invalid expire time in 'set' command",
        "ERR syntax error",
        "ERR syntax error",
        "ERR value is not an integer or out of range",
        "ERR wrong number of arguments for 'get' command",
      ]);
      expect(
        await answers("MSET a 1 b 2", "MGET a none b", "SETNX a 1", "GETDEL a", "GETDEL a", "EXISTS a b b"),
      ).toEqual(["OK", ["1", null, "2"], 0, "1", null, 2]);
    });

    test("keeps every byte of keys and values", async () => {
      const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
      await client.set(bytes, Buffer.concat([bytes, bytes]));
      expect(await client.getBuffer(bytes)).toEqual(Buffer.concat([bytes, bytes]));
      await client.set("text", "Grüße 🎬");
      expect(await client.get("text")).toBe("Grüße 🎬");
      const large = Buffer.alloc(3_000_000, "0123456789");
      await client.set("large", large);
      expect((await client.getBuffer("large"))?.equals(large)).toBe(true);
    });

    test("forgets a key when its time has come", async () => {
      await client.set("soon", "1", "PX", 30);
      expect(await client.pttl("soon")).toBeGreaterThan(0);
      await vi.waitFor(async () => expect(await client.exists("soon")).toBe(0));
      expect(
        await answers("SET a 1", "EXPIRE a 10 XX", "EXPIRE a 10 NX", "EXPIRE a 5 GT", "EXPIRE a 5 LT", "TTL a"),
      ).toEqual(["OK", 0, 1, 0, 1, 5]);
      expect(await answers("PERSIST a", "TTL a", "EXPIRE a -1", "EXISTS a", "EXPIRE none 1")).toEqual([1, -1, 1, 0, 0]);
      expect(await answers("SET a 1 PXAT 99999999999999", "GETEX a PERSIST", "PTTL a")).toEqual(["OK", "1", -1]);
    });

    test("counts in 64 bits and refuses what is no number", async () => {
      expect(await answers("INCR n", "INCRBY n 10", "DECR n", "DECRBY n 20", "GET n")).toEqual([1, 11, 10, -10, "-10"]);
      expect(await answers("SET n 9223372036854775807", "INCR n", "SET n 1.5", "INCR n", "INCRBY n x")).toEqual([
        "OK",
        "ERR increment or decrement would overflow",
        "OK",
        "ERR value is not an integer or out of range",
        "ERR value is not an integer or out of range",
      ]);
    });

    test("keeps hashes, field by field", async () => {
      expect(await answers("HSET h a 1 b 2", "HSET h b 3 c 4", "HGET h b", "HMGET h a none", "HLEN h")).toEqual([
        2,
        1,
        "3",
        ["1", null],
        3,
      ]);
      expect(await client.hgetall("h")).toEqual({ a: "1", b: "3", c: "4" });
      expect(await answers("HINCRBY h a 41", "HDEL h a b none", "HEXISTS h a", "HDEL h c", "EXISTS h")).toEqual([
        42, 2, 0, 1, 0,
      ]);
      expect(await answers("HSET h a", "HSET h a x", "HINCRBY h a 1")).toEqual([
        "ERR wrong number of arguments for 'hset' command",
        1,
        "ERR hash value is not an integer",
      ]);
    });

    test("keeps sorted sets in the order of their scores", async () => {
      expect(await answers("ZADD z 2 b 1 a 3 c", "ZADD z NX 9 a", "ZADD z GT CH 1 b", "ZADD z CH 4 a 5 d")).toEqual([
        3, 0, 0, 2,
      ]);
      expect(await answers("ZRANGE z 0 -1", "ZRANGE z 0 0 REV", "ZRANGE z (2 +inf BYSCORE LIMIT 1 2")).toEqual([
        ["b", "c", "a", "d"],
        ["d"],
        ["a", "d"],
      ]);
      expect(await answers("ZCARD z", "ZCOUNT z 3 (5", "ZRANK z a", "ZREM z c none")).toEqual([4, 2, 2, 1]);
      expect(Number(await client.zscore("z", "b"))).toBe(2);
      expect([await client.call("ZRANGE", "z", 0, 0, "WITHSCORES")].flat(2).map(String)).toEqual(["b", "2"]);
      expect(await answers("ZREMRANGEBYSCORE z -inf 4", "ZRANGE z 0 -1", "ZADD z x a")).toEqual([
        2,
        ["d"],
        "ERR value is not a valid float",
      ]);
    });

    test("refuses a command on a key of another kind", async () => {
      await client.hset("h", { a: "1" });
      const message = "WRONGTYPE Operation against a key holding the wrong kind of value";
      expect(await answers("GET h", "INCR h", "ZADD h 1 a", "TYPE h", "SET h 1", "HGET h a")).toEqual([
        message,
        message,
        message,
        "hash",
        "OK",
        message,
      ]);
      expect(await answers("NOPE a b")).toEqual(["ERR unknown command 'NOPE', with args beginning with: 'a' 'b' "]);
    });

    test("scans every key that stays, while others go", async () => {
      for (let n = 0; n < 50; n++) await client.set(n % 2 ? `stays:${n}` : `goes:${n}`, n);
      const seen = new Set<string>();
      let cursor = "0";
      do {
        const [next, keys] = await client.scan(cursor, "MATCH", "stays:*", "COUNT", 7);
        for (const key of keys) seen.add(key);
        for (const key of (await client.keys("goes:*")).slice(0, 5)) await client.del(key);
        cursor = next;
      } while (cursor !== "0");
      expect(seen.size).toBe(25);
    });

    test("does a transaction whole, in order, or not at all", async () => {
      const other = connect();
      const results = await client.multi().set("a", 1).incr("a").hget("a", "x").get("a").exec();
      expect(results?.map(([error, result]) => error?.message ?? result)).toEqual([
        "OK",
        2,
        "WRONGTYPE Operation against a key holding the wrong kind of value",
        "2",
      ]);
      await client.watch("a");
      await other.set("a", "changed");
      expect(await client.multi().set("a", "mine").exec()).toBeNull();
      expect(await client.get("a")).toBe("changed");
      expect(await client.multi().set("a", "mine").exec()).toEqual([[null, "OK"]]);
      expect(await answers("EXEC", "DISCARD", "MULTI", "NOPE", "EXEC")).toEqual([
        "ERR EXEC without MULTI",
        "ERR DISCARD without MULTI",
        "OK",
        "ERR unknown command 'NOPE', with args beginning with: ",
        "EXECABORT Transaction discarded because of previous errors.",
      ]);
    });

    test("lets the first of many take a lock, and only its holder give it back", async () => {
      const release =
        'if redis.call("get", KEYS[1]) == ARGV[1] then return redis.call("del", KEYS[1]) else return 0 end';
      const taken = await Promise.all(
        Array.from({ length: 20 }, (_, n) => connect().set("lock", `holder-${n}`, "PX", 10_000, "NX")),
      );
      expect(taken.filter((answer) => answer === "OK")).toHaveLength(1);
      const holder = await client.get("lock");
      expect(await client.eval(release, 1, "lock", "somebody")).toBe(0);
      expect(await client.eval(release, 1, "lock", String(holder))).toBe(1);
    });

    test("tells subscribers, by name and by pattern", async () => {
      const listener = connect();
      const heard: unknown[] = [];
      listener.on("message", (channel, message) => heard.push([channel, message]));
      listener.on("pmessage", (pattern, channel, message) => heard.push([pattern, channel, message]));
      expect(await listener.subscribe("news", "more")).toBe(2);
      expect(await listener.psubscribe("n?ws")).toBe(3);
      expect(await client.publish("news", "hello")).toBe(2);
      expect(await client.publish("other", "nobody")).toBe(0);
      await vi.waitFor(() =>
        expect(heard).toEqual([
          ["news", "hello"],
          ["n?ws", "news", "hello"],
        ]),
      );
      expect(await listener.unsubscribe("more")).toBe(2);
      expect(await client.publish("more", "nobody")).toBe(0);
    });

    describeScripts(() => client);
  });
}
