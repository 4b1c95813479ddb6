import { expect, test } from "vitest";
import { signWebhook } from "./sign.ts";

test("signs as Replicate does", () => {
  const secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";
  const signed = { id: "msg_vsl_0001", timestamp: 1_700_000_000, body: '{"id":"p1","status":"succeeded"}' };
  expect(signWebhook(secret, signed)).toEqual({
    "webhook-id": "msg_vsl_0001",
    "webhook-timestamp": "1700000000",
    "webhook-signature": "v1,/XB+YxvZi7UVNNEXVxH7r9jJLmrN55YU7aqGqESkmJg=",
  });
});
