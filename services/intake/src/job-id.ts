import { randomBytes } from "node:crypto";
import { type JobId, jobIdSchema } from "@vsl/events";

/** A UUID version 7 (RFC 9562): 48 bits of milliseconds, then randomness, so that ids sort by time. */
export function newJobId(now: number, random: Uint8Array = randomBytes(10)): JobId {
  const time = Math.floor(now).toString(16).padStart(12, "0");
  const hex = Buffer.from(random).toString("hex");
  const variant = ((Number.parseInt(hex.slice(3, 4), 16) & 0x3) | 0x8).toString(16);
  return jobIdSchema.parse(
    `${time.slice(0, 8)}-${time.slice(8)}-7${hex.slice(0, 3)}-${variant}${hex.slice(4, 7)}-${hex.slice(7, 19)}`,
  );
}
