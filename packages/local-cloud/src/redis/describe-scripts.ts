import type { Redis as Client } from "ioredis";
import { beforeEach, describe, expect, test } from "vitest";

/** The part of `describeRedis` that is about EVAL. */
export function describeScripts(connected: () => Client) {
  describe("scripts", () => {
    let client: Client;
    beforeEach(() => {
      client = connected();
    });

    const run = (source: string, ...args: (string | number | Buffer)[]) => client.eval(source, 0, ...args);

    test("turn Lua's values into answers and back", async () => {
      expect(await run("return {1, 2.9, 'a', true, false, {KEYS, ARGV}, nil, 4}", "x")).toEqual([
        1,
        2,
        "a",
        1,
        null,
        [[], ["x"]],
      ]);
      expect(
        await run("redis.call('hset', 'h', 'a', 1) return {redis.call('hgetall', 'h'), redis.call('get', 'none')}"),
      ).toEqual([["a", "1"], null]);
      expect(await run("return redis.status_reply('fine')")).toBe("fine");
      await expect(run("return redis.error_reply('CODE why')")).rejects.toThrow("CODE why");
      const bytes = Buffer.from([0, 27, 13, 10, 128, 255]);
      expect(await client.callBuffer("EVAL", "return {ARGV[1], #ARGV[1]}", 0, bytes)).toEqual([bytes, 6]);
    });

    test("are kept by their hash", async () => {
      const sha = String(await client.script("LOAD", "return ARGV[1]"));
      expect(await client.evalsha(sha, 0, "again")).toBe("again");
      expect(await client.script("EXISTS", sha, "ffff")).toEqual([1, 0]);
      await expect(client.evalsha("ffff", 0)).rejects.toThrow("NOSCRIPT No matching script. Please use EVAL.");
      await expect(client.script("LOAD", "syntax(")).rejects.toThrow(
        "ERR Error compiling script (new function): user_script:1:",
      );
    });

    test("fail with the command's error, the script and the line, and catch it with pcall", async () => {
      await client.set("text", "x");
      await expect(run("\nlocal x = redis.call('hget', 'text', 'f')\nreturn x")).rejects.toThrow(
        /^WRONGTYPE Operation against a key holding the wrong kind of value script: \w{40}, on @user_script:2\.$/,
      );
      expect(await run("return redis.pcall('incr', 'text').err")).toBe("ERR value is not an integer or out of range");
      await expect(run("return nope")).rejects.toThrow("nonexistent global variable 'nope'");
      await expect(run("global = 1")).rejects.toThrow("Attempt to modify a readonly table");
      await expect(run("return redis.call('multi')")).rejects.toThrow(
        "ERR This Redis command is not allowed from script",
      );
      await expect(run("redis.call('nope')")).rejects.toThrow("ERR Unknown Redis command called from script");
    });

    test("speak JSON", async () => {
      const json = '{"list":[1,"two",null,true],"text":"é🎬\\n\\"","deep":{"er":-1.5e3}}';
      expect(JSON.parse(String(await run("return cjson.encode(cjson.decode(ARGV[1]))", json)))).toEqual(
        JSON.parse(json),
      );
      expect(await run("return cjson.encode({1, 2, {}, cjson.null, 1/3})")).toBe("[1,2,{},null,0.33333333333333]");
      await expect(run("local x = cjson.decode('nope') return x")).rejects.toThrow(
        "Expected value but found invalid token at character 1",
      );
    });

    test("limit a rate as rate-limiter-flexible does: exactly as many as allowed, whoever asks at once", async () => {
      client.defineCommand("consume", {
        numberOfKeys: 1,
        lua: `redis.call('set', KEYS[1], 0, 'EX', ARGV[2], 'NX') local consumed = redis.call('incrby', KEYS[1], ARGV[1])
            local ttl = redis.call('pttl', KEYS[1])
            if ttl == -1 then redis.call('expire', KEYS[1], ARGV[2]) ttl = 1000 * ARGV[2] end
            return {consumed, ttl}`,
      });
      const consume: unknown = Reflect.get(client, "consume");
      if (typeof consume !== "function") return expect.unreachable();
      const results: [number, number][] = await Promise.all(
        Array.from({ length: 120 }, () => consume.call(client, "limit:user", "1", "3600")),
      );
      expect(results.filter(([consumed]) => consumed <= 100)).toHaveLength(100);
      for (const [, ttl] of results) expect(ttl).toBeGreaterThan(3_590_000);
      const [[, points] = [], [, left] = []] = (await client.multi().get("limit:user").pttl("limit:user").exec()) ?? [];
      expect(points).toBe("120");
      expect(Number(left)).toBeGreaterThan(3_590_000);
    });
  });
}
