import { setTimeout } from "node:timers/promises";
import { z } from "zod";
import type { JsonService } from "../../endpoint/json-service.ts";
import type { Report } from "../../report.ts";
import type { Topology } from "../../topology.ts";
import type { Outcome } from "../invocation.ts";
import { failedMessageIds } from "./batch-response.ts";
import { type Message, messageSchema, splitByBytes, toRecord } from "./records.ts";

export interface QueuePollerOptions {
  source: Topology["eventSources"][number];
  queueUrl: string;
  queueArn: string;
  region: string;
  visibilityTimeoutSeconds: number;
  sqs: Pick<JsonService, "call">;
  invoke: (functionName: string, event: unknown) => Promise<Outcome>;
  report: Report;
}

export interface QueuePoller {
  /** Takes no more messages, and resolves when what it had taken is settled. */
  stop(): Promise<void>;
}

const received = z.object({ Messages: z.array(messageSchema).default([]) });
/** AWS polls a queue with five at first; without a limit of its own a queue gets no more here. */
const defaultConcurrency = 5;
const maxReceive = 10;
const longPollSeconds = 20;
const maxRetryMs = 5_000;

/** Lambda's event source mapping of a queue: batches are delivered side by side, up to the source's concurrency. */
export function startQueuePoller(options: QueuePollerOptions): QueuePoller {
  const { source, queueUrl, queueArn, region, visibilityTimeoutSeconds, sqs, invoke, report } = options;
  const { batchSize, maximumBatchingWindowSeconds, reportBatchItemFailures } = source;
  const concurrency = source.maximumConcurrency ?? defaultConcurrency;
  const stopped = new AbortController();
  const deliveries = new Set<Promise<void>>();

  async function poll(): Promise<void> {
    while (!stopped.signal.aborted) {
      const messages = await gatherBatch();
      const deadline = Date.now() + visibilityTimeoutSeconds * 1000;
      for (const part of splitByBytes(messages)) {
        const delivery = deliver(part, deadline).finally(() => deliveries.delete(delivery));
        deliveries.add(delivery);
        // Nothing is taken that could not be worked on at once: its visibility timeout already runs.
        while (deliveries.size >= concurrency) await Promise.race(deliveries);
      }
    }
    await Promise.all(deliveries);
  }

  /** Waits for a first message, then for as many more as the batch and its window allow. */
  async function gatherBatch(): Promise<Message[]> {
    const messages = await receive(Math.min(batchSize, maxReceive), longPollSeconds);
    const windowEndsAt = Date.now() + maximumBatchingWindowSeconds * 1000;
    while (messages.length > 0 && messages.length < batchSize && !stopped.signal.aborted) {
      const secondsLeft = Math.ceil((windowEndsAt - Date.now()) / 1000);
      if (secondsLeft <= 0) break;
      const more = await receive(
        Math.min(batchSize - messages.length, maxReceive),
        Math.min(secondsLeft, longPollSeconds),
      );
      messages.push(...more);
    }
    return messages;
  }

  async function receive(count: number, waitSeconds: number): Promise<Message[]> {
    const input = {
      QueueUrl: queueUrl,
      MaxNumberOfMessages: count,
      WaitTimeSeconds: waitSeconds,
      MessageSystemAttributeNames: ["All"],
      MessageAttributeNames: ["All"],
    };
    try {
      return received.parse(await sqs.call("ReceiveMessage", input, { signal: stopped.signal })).Messages;
    } catch (error) {
      if (stopped.signal.aborted) return [];
      report({ level: "WARN", message: `the poller of ${source.queue} cannot receive`, error });
      await pause(1_000);
      return [];
    }
  }

  /** What is not deleted here comes back by itself when its visibility timeout ends. */
  async function deliver(messages: Message[], deadline: number): Promise<void> {
    try {
      const event = { Records: messages.map((message) => toRecord(message, queueArn, region)) };
      const outcome = await invokeUnthrottled(event, deadline);
      if (outcome.kind !== "returned") return await giveBackIfStopped(messages);
      const ids = messages.map(({ MessageId }) => MessageId);
      const failed = reportBatchItemFailures ? failedMessageIds(outcome.payload, ids) : new Set<string>();
      const succeeded = messages.filter(({ MessageId }) => !failed.has(MessageId));
      await inTens(succeeded, "DeleteMessageBatch");
    } catch (error) {
      report({ level: "ERROR", message: `a batch of ${source.queue} could not be delivered`, error });
    }
  }

  /** What was cut off by our own end need not wait for its visibility timeout after the next start. */
  async function giveBackIfStopped(messages: Message[]): Promise<void> {
    if (!stopped.signal.aborted) return;
    await inTens(messages, "ChangeMessageVisibilityBatch", { VisibilityTimeout: 0 });
  }

  /** A throttled batch is tried again for as long as it is invisible to others. */
  async function invokeUnthrottled(event: unknown, deadline: number): Promise<Outcome> {
    for (let waitMs = 100; ; waitMs = Math.min(waitMs * 2, maxRetryMs)) {
      const outcome = await invoke(source.function, event);
      const isLast = stopped.signal.aborted || Date.now() + waitMs >= deadline;
      if (outcome.kind !== "throttled" || isLast) return outcome;
      await pause(waitMs);
    }
  }

  async function inTens(messages: Message[], operation: string, members: Record<string, unknown> = {}): Promise<void> {
    for (let at = 0; at < messages.length; at += maxReceive) {
      const entries = messages.slice(at, at + maxReceive);
      await sqs.call(operation, {
        QueueUrl: queueUrl,
        Entries: entries.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle, ...members })),
      });
    }
  }

  const pause = (ms: number) =>
    setTimeout(ms, undefined, { signal: stopped.signal }).catch(() => {
      // Stopped: the loops look at the signal.
    });

  const polling = poll();
  return {
    async stop() {
      stopped.abort();
      await polling;
    },
  };
}
