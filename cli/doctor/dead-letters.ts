import type { ServiceName } from "@vsl/events";
import { bad, type Check, good } from "./check.ts";

interface DeadLettersPorts {
  service: ServiceName;
  count: () => Promise<number>;
  /** Lists them. */
  command: string;
}

export const noDeadLetters = ({ service, count, command }: DeadLettersPorts): Check => ({
  name: `no dead letters of ${service}`,
  async find() {
    const letters = await count();
    if (letters === 0) return good();
    return bad(
      `there ${letters === 1 ? "is 1" : `are ${letters}`}`,
      `Read why, mend it, send ${letters === 1 ? "it" : "them"} back: ${command}`,
    );
  },
});
