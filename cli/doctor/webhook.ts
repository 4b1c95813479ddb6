import { randomUUID } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { type Call, judgeAnswer } from "./call.ts";
import { type Check, skipped } from "./check.ts";
import { unknownJobId } from "./unknown.ts";

/** The secret that signs, or why it is not to be had. */
export type SigningSecret = { value: string } | { unavailable: string };

interface SignedPorts {
  call: Call;
  readSecret: () => Promise<SigningSecret>;
  now: () => number;
  /** What to do about a signature that is refused. */
  remedy: string;
}

const path = "/webhook/replicate";
const json = { "content-type": "application/json" };

export const unsignedWebhookRefused = ({ call, remedy }: { call: Call; remedy: string }): Check => ({
  name: "POST /webhook/replicate, unsigned",
  find: async () =>
    judgeAnswer(await call(path, { method: "POST", headers: json, body: '{"test":"data"}' }), {
      expected: [401],
      next: remedy,
    }),
});

/** Tells of a prediction and a job that nobody knows, which the bridge takes without effect. */
export const signedWebhookTaken = ({ call, readSecret, now, remedy }: SignedPorts): Check => ({
  name: "POST /webhook/replicate, signed",
  async find() {
    const secret = await readSecret();
    if ("unavailable" in secret) return skipped(secret.unavailable);
    const body = JSON.stringify({ id: `doctor${randomUUID().replaceAll("-", "")}`, status: "processing" });
    const sentAt = new Date(now());
    const id = `msg_${randomUUID()}`;
    const answer = await call(`${path}?jobId=${unknownJobId()}`, {
      method: "POST",
      headers: {
        ...json,
        "webhook-id": id,
        "webhook-timestamp": String(Math.floor(sentAt.getTime() / 1000)),
        "webhook-signature": new Webhook(secret.value).sign(id, sentAt, body),
      },
      body,
    });
    return judgeAnswer(answer, { expected: [200], next: remedy });
  },
});
