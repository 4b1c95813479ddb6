import { type Announcement, announce, type PayloadOf, PredictionCompleted } from "@vsl/events";
import { type DeliveryLine, each, hear } from "@vsl/events/hear";
import { delivery, sqsBatch } from "@vsl/events/testing";
import { hears } from "../src/hears.ts";
import type { MediaBucket, Verdicts } from "../src/media-bucket.ts";
import { OutputLost } from "../src/output-errors.ts";
import { type StoreMediaPorts, storeMedia } from "../src/store-media.ts";
import { createTurns } from "../src/turns.ts";
import { pieceByPiece } from "./map-bucket.ts";

export const completed = {
  ...PredictionCompleted.payload.parse(PredictionCompleted.example),
  outputsExpireAt: "2026-11-20T11:30:01.446Z",
};
export const prefix = `image/${completed.userId}/2026/11/20/${completed.jobId}/`;
export const early = Date.parse("2026-11-20T10:31:00.000Z");
export const late = Date.parse("2026-11-20T11:31:00.000Z");

type Completed = PayloadOf<typeof PredictionCompleted>;

export const bodyOf = (changes: Partial<Completed> = {}, frame = {}) =>
  delivery(
    announce(
      PredictionCompleted,
      { ...completed, ...changes },
      { correlationId: "c", occurredAt: completed.completedAt },
    ),
    frame,
  );

/** Upstream in a Map, by URL; an error stands for an output that cannot be read. */
export function createMapOutputs(outputs: Record<string, Buffer | Error>) {
  const opened: string[] = [];
  return {
    outputs,
    opened,
    openOutput: async (url: string) => {
      opened.push(url);
      const output = outputs[url] ?? new OutputLost("output_missing", "not there");
      if (output instanceof Error) throw output;
      return { body: pieceByPiece(output), close: () => {} };
    },
  };
}

/** The handler of the service around the given ports, with a bus and a queue that only note. */
export function listen(ports: MediaBucket & Verdicts & Pick<StoreMediaPorts, "openOutput"> & Partial<StoreMediaPorts>) {
  const published: Announcement[] = [];
  const dead: string[] = [];
  const delays: number[] = [];
  const lines: DeliveryLine[] = [];
  const all: StoreMediaPorts = {
    publish: async (announcements) => void published.push(...announcements),
    inTurn: createTurns(6),
    giveUpAt: Date.now() + 60_000,
    now: () => early,
    ...ports,
  };
  const handler = hear<typeof hears>({
    hears,
    handle: each((event, receiveCount) => storeMedia(all, event, receiveCount)),
    publish: all.publish,
    deadLetter: async (_message, reason) => void dead.push(reason),
    retryLater: async (_message, afterSeconds) => void delays.push(afterSeconds),
    log: (line) => lines.push(line),
  });
  return {
    published,
    /** Name and payload of what was announced. */
    said: () => published.map(({ detailType, detail }) => [detailType, detail.payload]),
    dead,
    delays,
    lines,
    deliver: (bodies: readonly string[], receiveCount = 1) => handler(sqsBatch(bodies, receiveCount)),
  };
}
