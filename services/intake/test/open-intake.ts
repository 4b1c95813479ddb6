import type { Announcement } from "@vsl/events";
import { hear } from "@vsl/events/hear";
import * as z from "zod";
import { type Authenticate, anybody } from "../src/caller.ts";
import { type Ports as CancelPorts, cancelJob } from "../src/cancel-job.ts";
import { hears } from "../src/hears.ts";
import { createApp, type RequestLine } from "../src/http-app.ts";
import type { Idempotency } from "../src/idempotency.ts";
import type { Progress } from "../src/metrics.ts";
import { type Ports as ReadPorts, readJob } from "../src/read-job.ts";
import { type Ports as RecordPorts, recordEvents } from "../src/record-facts.ts";
import { type Ports as RequestPorts, requestJob } from "../src/request-job.ts";
import { createMapCache } from "./map-cache.ts";
import { createMapTable } from "./map-table.ts";
import { createMapTurns } from "./map-turns.ts";

type Ports = RequestPorts & ReadPorts & CancelPorts & RecordPorts;

export interface Options {
  limit?: number;
  authenticate?: Authenticate;
  /** What is out of order. */
  broken?: Partial<Ports>;
}

/** The whole of intake on stores of this process, with what it announced, logged and counted. */
export function openIntake({ limit = 100, authenticate = anybody, broken = {} }: Options = {}) {
  let now = Date.parse("2026-11-20T10:30:00.000Z");
  const clock = () => now;
  const announced: Announcement[] = [];
  const lines: (RequestLine | object)[] = [];
  const counted: Progress[] = [];
  const cacheReads: string[] = [];
  const deadLetters: string[] = [];
  const { rows, ...table } = createMapTable({ now: clock });
  const ports: Ports = {
    ...table,
    ...createMapCache(),
    ...createMapTurns({ limit }),
    claimKey: createMapClaims(),
    saveJob: async (request, idempotency) => {
      if (idempotency) return table.putJobAndAnswer(request, idempotency);
      await table.putJob(request);
      return "saved";
    },
    publish: async (announcements) => void announced.push(...announcements),
    reportUnannounced: ({ jobId }) => lines.push({ unannounced: jobId }),
    countCacheRead: (outcome) => cacheReads.push(outcome),
    countProgress: (progress) => counted.push(progress),
    now: clock,
    ...broken,
  };

  const app = createApp({
    apiUrl: "http://localhost:3000",
    mediaLinkSecret: "a secret of this test",
    authenticate,
    requestJob: (request) => requestJob(ports, request),
    readJob: (asked) => readJob(ports, asked),
    cancelJob: (asked) => cancelJob(ports, asked),
    log: (line) => lines.push(line),
    now: clock,
  });

  return {
    announced,
    lines,
    counted,
    cacheReads,
    deadLetters,
    rows,
    table,
    now: clock,
    wait: (ms: number) => {
      now += ms;
    },
    request,
    generate: (body: unknown = generation, headers: Record<string, string> = {}) =>
      request("POST", "/generate-media", { body: JSON.stringify(body), headers }),
    status: (jobId: string, headers: Record<string, string> = {}) => request("GET", `/status/${jobId}`, { headers }),
    cancel: (jobId: string, headers: Record<string, string> = {}) =>
      request("POST", `/jobs/${jobId}/cancel`, { headers }),
    hear: hear({
      hears,
      handle: (events) => recordEvents(ports, events),
      publish: ports.publish,
      deadLetter: async (_, reason) => void deadLetters.push(reason),
      retryLater: async () => {},
      log: (line) => lines.push(line),
      now: clock,
    }),
  };

  async function request(
    method: string,
    path: string,
    { body, headers = {} }: { body?: string; headers?: Record<string, string> } = {},
  ) {
    const response = await app.request(path, {
      method,
      headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
      ...(body !== undefined && { body }),
    });
    const json = z.record(z.string(), z.unknown()).parse(await response.json());
    return { status: response.status, headers: response.headers, json };
  }
}

/** The guide's first test. */
export const generation = {
  userId: "test-user-123",
  mediaType: "image",
  modelId: "flux-schnell",
  parameters: { prompt: "A beautiful sunset over mountains, vibrant colors, 4k quality" },
};

export const jobIdOf = ({ json }: { json: Record<string, unknown> }) => String(json["jobId"]);

function createMapClaims(): RequestPorts["claimKey"] {
  const claimed = new Set<string>();
  return async ({ accountId, keyHash }: Idempotency) => {
    const key = `${accountId} ${keyHash}`;
    if (claimed.has(key)) return null;
    claimed.add(key);
    return async () => void claimed.delete(key);
  };
}
