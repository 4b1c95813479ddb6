import { createHash } from "node:crypto";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { Hono } from "hono";
import type { Clock } from "../clock.ts";
import type { Faults } from "../faults/faults.ts";
import { expiresAt, hasEnded } from "../predictions/prediction.ts";
import type { PredictionStore } from "../predictions/prediction-store.ts";
import { readRange } from "./byte-range.ts";
import type { ApiContext, Environment } from "./environment.ts";
import type { Pause } from "./pause.ts";

interface Parts {
  store: PredictionStore;
  clock: Clock;
  faults: Faults;
  pause: Pause;
}

/** What `replicate.delivery` is to Replicate: the outputs, to anybody who has the link, until they expire. */
export function deliveryRoutes({ store, clock, faults, pause }: Parts) {
  return new Hono<Environment>().get("/:predictionId/:name", async (context) => {
    const { predictionId, name } = context.req.param();
    const prediction = store.find(predictionId);
    const file = store.findOutput(predictionId, name);
    const isThere = prediction && hasEnded(prediction) && expiresAt(prediction) > clock.now();
    const route = `GET ${context.req.path}`;
    const fault = prediction && faults.strike(["output"], { route, predictionId, model: prediction.model });
    if (fault?.delayMs) await pause(fault.delayMs);
    if (!isThere || !file || fault?.missing) return context.text("Not Found", 404);

    const { bytes } = file;
    const common = {
      "content-type": fault?.contentType ?? file.contentType,
      "accept-ranges": "bytes",
      etag: `"${createHash("md5").update(bytes).digest("hex")}"`,
      "cache-control": "public, max-age=3600",
    };
    const range = readRange(context.req.header("range"), bytes.length);
    if (range === "unsatisfiable") {
      return context.body(null, 416, { ...common, "content-range": `bytes */${bytes.length}` });
    }
    const part = range ? bytes.subarray(range.first, range.last + 1) : bytes;
    const headers = {
      ...common,
      "content-length": String(part.length),
      ...(range ? { "content-range": `bytes ${range.first}-${range.last}/${bytes.length}` } : {}),
    };
    const status = range ? 206 : 200;
    if (fault?.truncateAtBytes !== undefined) {
      return cutShort(context, { status, headers, bytes: part.subarray(0, fault.truncateAtBytes) });
    }
    return new Response(new Response(part).body, { status, headers });
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
