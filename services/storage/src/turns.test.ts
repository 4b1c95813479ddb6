import { expect, test } from "vitest";
import { OutputUnreachable } from "./output-errors.ts";
import { createTurns } from "./turns.ts";

const never = Number.MAX_SAFE_INTEGER;
const soon = () => Date.now() + 60_000;

test("who waits goes in the order of expiry, equals as they came", async () => {
  const inTurn = createTurns(1);
  const order: string[] = [];
  const take = (name: string, expiresAt: number) =>
    inTurn({ expiresAt, giveUpAt: soon() }, async () => void order.push(name));
  await Promise.all([take("late", 3), take("first", 1), take("second", 2), take("second too", 2)]);
  expect(order).toEqual(["first", "second", "second too", "late"]);
});

test("so many run at once and no more; a slow one holds only its own place", async () => {
  const inTurn = createTurns(2);
  const { promise: slow, resolve: finishSlow } = Promise.withResolvers<void>();
  let running = 0;
  let most = 0;
  const take = (work: () => Promise<void>) =>
    inTurn({ expiresAt: never, giveUpAt: soon() }, async () => {
      most = Math.max(most, ++running);
      await work();
      running--;
    });
  const slowOne = take(() => slow);
  await Promise.all(Array.from({ length: 5 }, () => take(() => Promise.resolve())));
  expect(most).toBe(2);
  expect(running).toBe(1);
  finishSlow();
  await slowOne;
});

test("a turn that ends in a throw is over", async () => {
  const inTurn = createTurns(1);
  const failing = inTurn({ expiresAt: never, giveUpAt: soon() }, () => Promise.reject(new Error("broke off")));
  await expect(failing).rejects.toThrow("broke off");
  expect(await inTurn({ expiresAt: never, giveUpAt: soon() }, async () => "next")).toBe("next");
});

test("who would wait past the invocation's end gives up, and is not run later", async () => {
  const inTurn = createTurns(1);
  const { promise: slow, resolve: finishSlow } = Promise.withResolvers<void>();
  const first = inTurn({ expiresAt: 0, giveUpAt: soon() }, () => slow);
  let ran = false;
  const second = inTurn({ expiresAt: 1, giveUpAt: Date.now() + 5 }, async () => {
    ran = true;
  });
  await expect(second).rejects.toThrow(OutputUnreachable);
  finishSlow();
  await first;
  expect(await inTurn({ expiresAt: 2, giveUpAt: soon() }, async () => "next")).toBe("next");
  expect(ran).toBe(false);
});
