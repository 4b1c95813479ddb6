import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { onTestFinished } from "vitest";
import { createEndpoint } from "../../endpoint/endpoint.ts";
import type { JsonService } from "../../endpoint/json-service.ts";
import type { Deliver, Message } from "../deliveries.ts";
import { createEventBridge, type EventBridgeOptions } from "../eventbridge.ts";
import { account, region } from "./places.ts";

export const credentials = { accessKeyId: "local", secretAccessKey: "local" };

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "eventbridge-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Serves on a port of its own until the test ends. */
async function serve(services: JsonService[], report: EventBridgeOptions["report"]): Promise<string> {
  const server = createEndpoint({ services, s3: () => Promise.reject(new Error("no S3 here")), report });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server listens on no port.");
  return `http://127.0.0.1:${address.port}`;
}

/** An EventBridge behind an endpoint, with a client, targets that take everything, and a list of what it reported. */
export async function startBed(options: Partial<EventBridgeOptions> & { services?: JsonService[] } = {}) {
  const reports: string[] = [];
  const report: EventBridgeOptions["report"] = ({ level, message }) => reports.push(`${level} ${message}`);
  const { deliver, messagesTo } = recordingTargets();
  const { services = [], ...rest } = options;
  const dataDir = options.dataDir ?? (await temporaryFolder());
  const service = createEventBridge({ region, account, deliver, report, retryDelay: () => 5, ...rest, dataDir });
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= service.close();
    return closing;
  };
  const endpoint = await serve([service, ...services], report);
  const client = new EventBridgeClient({ endpoint, region, credentials, maxAttempts: 1 });
  onTestFinished(async () => {
    client.destroy();
    await close();
  });
  return { service, client, endpoint, dataDir, reports, messagesTo, close };
}

/** Targets that remember what they got. */
export function recordingTargets() {
  const inboxes = new Map<string, Message[]>();
  const deliver: Deliver = async (targetArn, messages) => {
    inboxes.set(targetArn, [...(inboxes.get(targetArn) ?? []), ...messages]);
    return messages.map(({ id }) => ({ id }));
  };
  const messagesTo = (targetArn: string) => inboxes.get(targetArn) ?? [];
  return { deliver, messagesTo };
}
