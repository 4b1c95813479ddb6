import { vi } from "vitest";

/** Waits for a condition; the limit is only there for what never comes true, however busy the machine is. */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 20_000, interval: 10 });
