import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { getRequestListener } from "@hono/node-server";
import type { z } from "zod";
import { createApp } from "./api/app.ts";
import { pauseUntil } from "./api/pause.ts";
import type { RateLimits } from "./api/rate-limits.ts";
import { createBill } from "./billing/bill.ts";
import { createClock } from "./clock.ts";
import { openDatabase } from "./database.ts";
import { createDeploymentStore } from "./deployments/deployment-store.ts";
import { createFaults } from "./faults/faults.ts";
import { createFileStore } from "./files/file-store.ts";
import { createLog } from "./log/log.ts";
import { createStudio } from "./media/studio.ts";
import { createCatalogue } from "./models/catalogue.ts";
import { createExamples } from "./models/examples.ts";
import { createOwnModels } from "./models/own-models.ts";
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
  /** Leaves no timer, no thread and no connection behind; closing again changes nothing. */
  close(): Promise<void>;
}

/** Starts the double on loopback. With a `dataDir`, what an earlier run had not finished goes on. */
export async function startReplicateDouble(given: ReplicateDoubleOptions = {}): Promise<ReplicateDouble> {
  const options = optionsSchema.parse(given);
  const { timeScale, token, webhookSecret } = options;
  const server = createServer();
  server.listen(options.port, "127.0.0.1");
  await once(server, "listening");
  const port = portOf(server);
  const url = `http://127.0.0.1:${port}`;
  const baseUrl = options.publicUrl ?? url;

  const database = openDatabase(options.dataDir);
  const settings = createSettings(database);
  const clock = createClock({ wallNow: options.now, movedSeconds: settings.movedSeconds() });
  const closing = new AbortController();
  const pause = pauseUntil(closing.signal);
  const faults = createFaults();
  faults.plant(options.faults);
  const log = createLog(database);
  const bill = createBill(database);
  const store = createPredictionStore(database);
  const catalogue = createCatalogue();
  const studio = createStudio();
  const examples = createExamples(catalogue, studio);
  const webhooks = createWebhooks({ database, clock, faults, log, secret: webhookSecret, timeScale });
  const runner = createRunner({ database, store, clock, studio, webhooks, bill, faults, log, baseUrl });
  const app = createApp({
    ...{ token, webhookSecret, timeScale, baseUrl, filesSecret: options.filesSecret },
    ...{ settings, clock, pause, faults, log, bill, store, catalogue, runner, examples },
    ...{ closing: closing.signal, rateLimits: rateLimitsOf(options) },
    deployments: createDeploymentStore(database),
    files: createFileStore(database, clock),
    ownModels: createOwnModels(database),
  });
  const answering = new Set<Promise<Response>>();
  const answer = (request: Request, env: object): Promise<Response> => {
    const answered = Promise.resolve(app.fetch(request, env)).finally(() => answering.delete(answered));
    answering.add(answered);
    return answered;
  };
  server.on("request", getRequestListener(answer, { overrideGlobalObjects: false }));
  webhooks.resume();
  runner.resume();

  const shutDown = async () => {
    clock.stop();
    closing.abort();
    const hasClosed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await Promise.all([hasClosed, studio.close(), webhooks.stop(), runner.stop()]);
    await Promise.allSettled(answering);
    database.close();
  };
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= shutDown();
    return closed;
  };
  return { url, port, token, webhookSecret, close };
}

function rateLimitsOf({ rateLimits, lowCredit }: z.output<typeof optionsSchema>): RateLimits | null {
  return rateLimits === "off" ? null : { lowCredit, retryAfterHeader: rateLimits === "header" };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The double is not listening");
  return address.port;
}
