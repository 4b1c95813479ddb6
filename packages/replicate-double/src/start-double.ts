import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { createApp } from "./api/app.ts";
import { createBill } from "./billing/bill.ts";
import { createClock } from "./clock.ts";
import { openDatabase } from "./database.ts";
import { createFaults } from "./faults/faults.ts";
import { createLog } from "./log/log.ts";
import { createStudio } from "./media/studio.ts";
import { createCatalogue } from "./models/catalogue.ts";
import { optionsSchema, type ReplicateDoubleOptions } from "./options.ts";
import { createPredictionStore } from "./predictions/prediction-store.ts";
import { createRunner } from "./predictions/runner.ts";
import { createSettings } from "./settings.ts";
import { createWebhooks } from "./webhooks/webhooks.ts";

export interface ReplicateDouble {
  /** Without a path: a client's `baseUrl` is this and `/v1`. */
  url: string;
  port: number;
  token: string;
  webhookSecret: string;
  /** Leaves no timer, no thread and no connection behind. */
  close(): Promise<void>;
}

/** Starts the double on loopback. With a `dataDir`, what an earlier run had not finished goes on. */
export async function startReplicateDouble(given: ReplicateDoubleOptions = {}): Promise<ReplicateDouble> {
  const options = optionsSchema.parse(given);
  const { timeScale, token, webhookSecret } = options;
  const database = openDatabase(options.dataDir);
  const settings = createSettings(database);
  const clock = createClock({ wallNow: options.now, movedSeconds: settings.movedSeconds() });
  const faults = createFaults();
  const log = createLog(database);
  const bill = createBill(database);
  const store = createPredictionStore(database);
  const catalogue = createCatalogue();
  const studio = createStudio();
  const webhooks = createWebhooks({ database, clock, faults, log, secret: webhookSecret, timeScale });
  const server = createServer();
  const baseUrl = () => `http://127.0.0.1:${portOf(server)}`;
  const runner = createRunner({ database, store, clock, studio, webhooks, bill, faults, log, baseUrl });
  const rateLimits =
    options.rateLimits === "off"
      ? null
      : { lowCredit: options.lowCredit, retryAfterHeader: options.rateLimits === "header" };
  const app = createApp({
    ...{ catalogue, clock, store, runner, timeScale, baseUrl, bill, faults, log, settings, token, webhookSecret },
    rateLimits,
  });
  server.on("request", getRequestListener(app.fetch, { overrideGlobalObjects: false }));

  try {
    server.listen(options.port, "127.0.0.1");
    await once(server, "listening");
  } catch (error) {
    database.close();
    throw error;
  }
  const port = portOf(server);
  webhooks.resume();
  runner.resume();

  return {
    url: baseUrl(),
    port,
    token,
    webhookSecret,
    async close() {
      clock.stop();
      const closed = once(server, "close");
      server.close();
      await Promise.all([studio.close(), webhooks.stop(), runner.stop()]);
      server.closeAllConnections();
      await closed;
      database.close();
    },
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The double is not listening");
  return address.port;
}
