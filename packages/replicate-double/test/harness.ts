import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Replicate from "replicate";
import { expect, onTestFinished } from "vitest";
import { type ReplicateDouble, type ReplicateDoubleOptions, startReplicateDouble } from "../src/index.ts";

/** A double on a free port that ends with the test. */
export async function startForTest(options: ReplicateDoubleOptions = {}): Promise<ReplicateDouble> {
  const double = await startReplicateDouble({ port: 0, timeScale: 0, ...options });
  onTestFinished(() => double.close());
  return double;
}

/** The official client, pointed at the double and otherwise as it comes. */
export const clientOf = ({ url, token }: ReplicateDouble) => new Replicate({ auth: token, baseUrl: `${url}/v1` });

export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "replicate-double-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

export interface Received {
  headers: Record<string, string>;
  body: string;
}

/** Somebody who listens to webhooks; answers with the statuses given, the last one for ever. */
export async function startReceiver(statuses: number[] = [200]) {
  const received: Received[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    received.push({ headers, body: Buffer.concat(chunks).toString("utf8") });
    const status = statuses[Math.min(received.length, statuses.length) - 1] ?? 200;
    response.writeHead(status, status === 302 ? { location: "/elsewhere" } : {}).end();
    for (const { count, resolve } of waiting) if (received.length >= count) resolve();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The receiver is not listening");
  return {
    url: `http://127.0.0.1:${address.port}/hook`,
    received,
    /** The first so many webhooks, as soon as they are there. */
    async take(count: number): Promise<Received[]> {
      const { promise, resolve } = Promise.withResolvers<void>();
      if (received.length < count) {
        waiting.push({ count, resolve });
        await promise;
      }
      return received.slice(0, count);
    },
  };
}

/** Asserts what will be so soon, however busy the machine is. */
export const eventually = <Value>(read: () => Promise<Value>) => expect.poll(read, { interval: 10, timeout: 20_000 });

export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

export async function getJson(url: string, init: RequestInit = {}): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url, init);
  return { status: response.status, body: await response.json() };
}

export async function plantFault({ url }: ReplicateDouble, rule: object | object[]): Promise<void> {
  const { status, body } = await getJson(`${url}/_faults`, { method: "POST", body: JSON.stringify(rule) });
  if (status !== 201) throw new Error(`The fault was refused: ${JSON.stringify(body)}`);
}

export async function advanceClock({ url }: ReplicateDouble, advanceSeconds: number): Promise<void> {
  await getJson(`${url}/_clock`, { method: "POST", body: JSON.stringify({ advanceSeconds }) });
}

/** The cheapest prediction there is: no file is drawn for it. */
export const hello = {
  version: "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa",
  input: { text: "Alice" },
};

/** A small picture, which is soon drawn. */
export const small = { prompt: "x", megapixels: "0.25" };

export const fluxSchnell = "black-forest-labs/flux-schnell";
export const sdxlVersion = "7762fd07cf82c948538e41f63f77d685e02b063e37e496e96eefd46c929f9bdc";
export const svdVersion = "92a0c9a9cb1fd93ea0361d15e499dc879b35095077b2feed47315ccab4524036";
