import { expect, test } from "vitest";
import { readCommands } from "./tap-redis.ts";

const command = (...words: string[]) =>
  `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join("")}`;

test.each([1, 3, 7, 1000])("names each command of a stream that comes in pieces of %i", (size) => {
  const stream = command("get", "a") + command("SET", "b", "*1\r\n$4\r\nKEYS\r\n") + command("PING");
  const seen: string[] = [];
  const see = readCommands((name) => seen.push(name));
  for (let at = 0; at < stream.length; at += size) see(stream.slice(at, at + size));
  expect(seen).toEqual(["GET", "SET", "PING"]);
});
