import { expect, test } from "vitest";
import { needsEvents, readRequest } from "./request.ts";

const now = Date.parse("2026-11-20T12:00:00Z");

test("a service alone is replayed from the archive's beginning until now", () => {
  expect(readRequest({ service: "ledger" }, now)).toMatchObject({ service: "ledger", from: null, to: now });
});

test("a stretch of time is two times, or how long ago it began", () => {
  const flags = { service: "intake", from: "2026-11-20T10:00:00Z", to: "2026-11-20T11:00:00Z" };
  expect(readRequest(flags, now)).toMatchObject({ from: now - 7_200_000, to: now - 3_600_000 });
  expect(readRequest({ service: "intake", since: "2h" }, now)).toMatchObject({ from: now - 7_200_000, to: now });
});

test("a rate is a number a second or a minute", () => {
  expect(readRequest({ service: "ledger", rate: "50/s" }, now).rate).toBe(50);
  expect(readRequest({ service: "ledger", rate: "30/m" }, now).rate).toBe(0.5);
  expect(readRequest({ service: "ledger", rate: "7" }, now).rate).toBe(7);
});

test("only time is EventBridge's own; all else needs the events in hand", () => {
  expect(needsEvents(readRequest({ service: "ledger", since: "7d" }, now))).toBe(false);
  const others = [{ job: ["j"] }, { user: ["u"] }, { model: ["m"] }, { rate: "1/s" }, { "dry-run": true }];
  for (const flags of [...others, { event: ["MediaStored"] }]) {
    expect(needsEvents(readRequest({ service: "ledger", ...flags }, now)), JSON.stringify(flags)).toBe(true);
  }
});

test.each([
  [{}, "--service must be one of intake"],
  [{ service: "ledgr" }, "--service must be one of"],
  [{ service: "ledger", since: "soon" }, "--since must be a duration such as"],
  [{ service: "ledger", since: "0h" }, "--since must be"],
  [{ service: "ledger", since: "2h", to: "2026-11-20T11:00:00Z" }, "--since goes from then until now"],
  [{ service: "ledger", from: "yesterday" }, "--from must be a time such as"],
  [{ service: "ledger", from: "2026-11-21" }, "--from must be before --to"],
  [{ service: "ledger", rate: "0/s" }, "--rate must be"],
  [{ service: "ledger", rate: "fast" }, "--rate must be"],
  [{ service: "ledger", event: ["JobDone"] }, "--event must be one of JobRequested"],
])("%j is refused in one line", (flags, message) => {
  expect(() => readRequest(flags, now)).toThrow(message);
});
