import { createHash } from "node:crypto";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { Hono } from "hono";
import type { Clock } from "../clock.ts";
import type { Faults } from "../faults/faults.ts";
import type { Examples } from "../models/examples.ts";
import { hasEnded, hasExpired } from "../predictions/prediction.ts";
import type { PredictionStore } from "../predictions/prediction-store.ts";
import { readRange } from "./byte-range.ts";
import type { ApiContext, Environment } from "./environment.ts";
import type { Pause } from "./pause.ts";
import { trickle } from "./trickle.ts";

interface Parts {
  store: PredictionStore;
  clock: Clock;
  examples: Examples;
  faults: Faults;
  pause: Pause;
}

/** What `replicate.delivery` is to Replicate: the outputs, to anybody who has the link, until they expire. */
export function deliveryRoutes({ store, clock, examples, faults, pause }: Parts) {
  return new Hono<Environment>().get("/:predictionId/:name", async (context) => {
    const { predictionId, name } = context.req.param();
    const prediction = store.find(predictionId);
    const isThere = prediction && hasEnded(prediction) && !hasExpired(prediction, clock.now());
    const file = isThere ? store.findOutput(predictionId, name) : await examples.draw(predictionId, name);
    const route = `GET ${context.req.path}`;
    const fault = prediction && faults.strike(["output"], { route, predictionId, model: prediction.model });
    if (fault?.delayMs) await pause(fault.delayMs);
    if (!file || fault?.missing) return context.text("Not Found", 404);

    const { bytes } = file;
    const common = {
      "content-type": fault?.contentType ?? file.contentType,
      "accept-ranges": "bytes",
      etag: `"${createHash("md5").update(bytes).digest("hex")}"`,
      "cache-control": "public, max-age=3600",
    };
    const length = Math.max(bytes.length, fault?.padToBytes ?? 0);
    const asked = readRange(context.req.header("range"), length);
    if (asked === "unsatisfiable") {
      return context.body(null, 416, { ...common, "content-range": `bytes */${length}` });
    }
    const range = asked ?? { first: 0, last: length - 1 };
    const headers = {
      ...common,
      "content-length": String(range.last + 1 - range.first),
      ...(asked ? { "content-range": `bytes ${range.first}-${range.last}/${length}` } : {}),
    };
    const status = asked ? 206 : 200;
    if (fault?.truncateAtBytes !== undefined) {
      const part = bytes.subarray(range.first, Math.min(range.last + 1, range.first + fault.truncateAtBytes));
      return cutShort(context, { status, headers, bytes: part });
    }
    const body = trickle({ bytes, range, bytesPerSecond: fault?.bytesPerSecond, pause });
    return new Response(ReadableStream.from(body), { status, headers });
  });
}

interface Beginning {
  status: number;
  headers: Record<string, string>;
  bytes: Uint8Array;
}

/** Promises the whole and cuts the connection after the beginning; only the socket itself can lie like that. */
function cutShort(context: ApiContext, { status, headers, bytes }: Beginning): Response {
  const { incoming, outgoing } = context.env;
  context.set("connectionCut", true);
  outgoing.writeHead(status, headers);
  outgoing.flushHeaders();
  outgoing.write(bytes, () => incoming.socket.destroy());
  return RESPONSE_ALREADY_SENT;
}
