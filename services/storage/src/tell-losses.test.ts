import { type Announcement, announce, MediaLost, MediaStored } from "@vsl/events";
import { expect, test } from "vitest";
import { tellLosses } from "./tell-losses.ts";

const facts = { correlationId: "order-42", occurredAt: "2026-11-22T10:00:00.000Z" };
const lost = announce(MediaLost, MediaLost.payload.parse(MediaLost.example), facts);
const stored = announce(MediaStored, MediaStored.payload.parse(MediaStored.example), facts);

function telling(publish: (announcements: readonly Announcement[]) => Promise<void> = async () => {}) {
  const lines: unknown[] = [];
  return { lines, announce: tellLosses({ publish, warn: (message, of) => lines.push({ message, ...of }) }) };
}

test("a loss is told with what finds the rest of its story, and nothing else", async () => {
  const { announce: tell, lines } = telling();
  await tell([stored, lost]);
  expect(lines).toEqual([{ message: "media lost", id: lost.detail.id, correlationId: "order-42" }]);
});

test("what was not announced is not told: it comes again", async () => {
  const { announce: tell, lines } = telling(async () => {
    throw new Error("the bus is down");
  });
  await expect(tell([lost])).rejects.toThrow("the bus is down");
  expect(lines).toEqual([]);
});
