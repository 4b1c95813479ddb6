import { type Call, judgeAnswer } from "./call.ts";
import type { Check } from "./check.ts";
import { unknownJobId } from "./unknown.ts";

interface Door {
  call: Call;
  /** Whether the system may answer without a key: on one machine it may, on a stage never. */
  mayBeOpen: boolean;
  remedy: string;
}

const json = { "content-type": "application/json" };

/** An empty body is never a job, so nothing starts whoever is let in. */
export const generateMediaRefuses = ({ call, mayBeOpen, remedy }: Door): Check => ({
  name: "POST /generate-media, empty and without a key",
  find: async () =>
    judgeAnswer(await call("/generate-media", { method: "POST", headers: json, body: "{}" }), {
      expected: mayBeOpen ? [400, 401] : [401],
      next: remedy,
    }),
});

export const statusRefuses = ({ call, mayBeOpen, remedy }: Door): Check => ({
  name: "GET /status of no job, without a key",
  find: async () =>
    judgeAnswer(await call(`/status/${unknownJobId()}`), {
      expected: mayBeOpen ? [404, 401] : [401],
      next: remedy,
    }),
});
