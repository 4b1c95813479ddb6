import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { Announcement, Publish } from "./announce.ts";
import type { AnyEvent } from "./define-event.ts";
import { type Delivered, parseDelivery } from "./delivered.ts";
import { Permanent, RetryLater } from "./errors.ts";

/** What hearing an event leads to. `afterwards` runs once the announcements are on the bus. */
export interface Heard {
  announce: readonly Announcement[];
  afterwards?: () => Promise<void>;
}

export const nothingToAnnounce: Heard = { announce: [] };

/** The event alone failed; its batch-mates did not. */
export interface NotHeard {
  failed: unknown;
}

/** One line a delivery: never a body, a prompt, a token or a URL. */
export interface DeliveryLine {
  level: "INFO" | "WARN" | "ERROR";
  message: "delivery";
  type: string;
  id: string;
  correlationId: string;
  outcome: "heard" | "retried" | "dead-lettered";
  replayed: boolean;
  receiveCount: number;
  ms: number;
  error?: string;
}

export interface HearPorts<D extends readonly AnyEvent[]> {
  hears: D;
  /**
   * One answer for each event, in their order. When it throws, each event of the batch is handed over again by itself, so that
   * one poison event keeps nobody else back. `receiveCounts` says how often each event's message has come, this time included.
   */
  handle: (
    events: readonly Delivered<D[number]>[],
    receiveCounts: readonly number[],
  ) => Promise<readonly (Heard | NotHeard)[]>;
  publish: Publish;
  /** Moves a message to the dead letters at once, with its reason, since repeating it cannot help. */
  deadLetter: (message: SQSRecord, reason: string) => Promise<void>;
  /** Brings a message back after so many seconds instead of after the queue's visibility timeout. */
  retryLater: (message: SQSRecord, afterSeconds: number) => Promise<void>;
  log: (line: DeliveryLine) => void;
  now?: () => number;
}

/** Hears all events of a batch at once, each by itself. */
export const each =
  <E>(handleOne: (event: E, receiveCount: number) => Promise<Heard>) =>
  (events: readonly E[], receiveCounts: readonly number[]): Promise<(Heard | NotHeard)[]> =>
    Promise.all(
      events.map((event, index) =>
        handleOne(event, receiveCounts[index] ?? 1).catch((failed: unknown) => ({ failed })),
      ),
    );

/**
 * The Lambda handler of a queue that EventBridge fills. Delivered at least once and in any order, so `handle` must be safe to
 * repeat. Answers with the messages that must come again (`ReportBatchItemFailures`); all that a batch announces goes out together.
 */
export function hear<const D extends readonly AnyEvent[]>(ports: HearPorts<D>) {
  const { hears, handle, publish, deadLetter, retryLater, log, now = Date.now } = ports;
  type Event = Delivered<D[number]>;
  interface Letter {
    message: SQSRecord;
    event: Event;
  }
  type Settled = { letter: Letter; heard: Heard } | { letter: Letter; error: unknown };

  return async ({ Records }: SQSEvent): Promise<SQSBatchResponse> => {
    const started = now();
    const again: string[] = [];
    const letters = await keepReadable(Records);
    const settled = await handleAll(letters);
    const published = await publishAll(settled);
    await Promise.all(published.map(close));
    return { batchItemFailures: again.map((itemIdentifier) => ({ itemIdentifier })) };

    async function keepReadable(messages: readonly SQSRecord[]): Promise<Letter[]> {
      const parsed = await Promise.all(
        messages.map(async (message) => {
          try {
            return [{ message, event: parseDelivery(hears, message.body) }];
          } catch (error) {
            await giveUpOrRetry(message, error, null);
            return [];
          }
        }),
      );
      return parsed.flat();
    }

    async function close(result: Settled): Promise<void> {
      const { message, event } = result.letter;
      if ("error" in result) return giveUpOrRetry(message, result.error, event);
      try {
        await result.heard.afterwards?.();
      } catch (error) {
        return giveUpOrRetry(message, error, event);
      }
      return log(lineOf(message, event, { level: "INFO", outcome: "heard" }));
    }

    async function giveUpOrRetry(message: SQSRecord, error: unknown, event: Event | null): Promise<void> {
      if (error instanceof Permanent) {
        try {
          await deadLetter(message, error.message);
          return log(lineOf(message, event, { level: "ERROR", outcome: "dead-lettered", error: reasonOf(error) }));
        } catch (deadLetterError) {
          return retry(message, deadLetterError, event);
        }
      }
      return retry(message, error, event);
    }

    async function retry(message: SQSRecord, error: unknown, event: Event | null): Promise<void> {
      again.push(message.messageId);
      log(lineOf(message, event, { level: "WARN", outcome: "retried", error: reasonOf(error) }));
      const afterSeconds = error instanceof RetryLater ? error.afterSeconds : backoffSeconds(receiveCount(message));
      // Without it the message still comes back, after the queue's visibility timeout.
      await retryLater(message, afterSeconds).catch((cause: unknown) =>
        log(lineOf(message, event, { level: "WARN", outcome: "retried", error: reasonOf(cause) })),
      );
    }

    function lineOf(
      message: SQSRecord,
      event: Event | null,
      rest: Pick<DeliveryLine, "level" | "outcome" | "error">,
    ): DeliveryLine {
      return {
        message: "delivery",
        type: event?.name ?? "unreadable",
        id: event?.id ?? message.messageId,
        correlationId: event?.correlationId ?? "",
        replayed: event?.replayName != null,
        receiveCount: receiveCount(message),
        ms: now() - started,
        ...rest,
      };
    }
  };

  async function handleAll(letters: readonly Letter[]): Promise<Settled[]> {
    if (letters.length === 0) return [];
    try {
      return await handleTogether(letters);
    } catch (error) {
      const [only] = letters;
      if (letters.length === 1 && only) return [{ letter: only, error }];
      const alone = await Promise.all(letters.map((letter) => handleAll([letter])));
      return alone.flat();
    }
  }

  async function handleTogether(letters: readonly Letter[]): Promise<Settled[]> {
    const heard = await handle(
      letters.map(({ event }) => event),
      letters.map(({ message }) => receiveCount(message)),
    );
    return letters.map((letter, index) => {
      const own = heard[index];
      if (!own) throw new Error(`handle answered ${heard.length} of ${letters.length} events`);
      return "failed" in own ? { letter, error: own.failed } : { letter, heard: own };
    });
  }

  /** If the bus cannot take the batch's announcements, the messages that have some come again. */
  async function publishAll(settled: readonly Settled[]): Promise<readonly Settled[]> {
    try {
      await publish(settled.flatMap((result) => ("heard" in result ? result.heard.announce : [])));
      return settled;
    } catch (error) {
      return settled.map((result) =>
        "heard" in result && result.heard.announce.length > 0 ? { letter: result.letter, error } : result,
      );
    }
  }
}

const receiveCount = (message: SQSRecord) => Number(message.attributes.ApproximateReceiveCount);

/** 1, 2, 4 … 300 seconds, so that a dependency that is down is neither hammered nor forgotten. */
export const backoffSeconds = (receives: number) => Math.min(300, 2 ** Math.max(0, receives - 1));

/** An SDK's message may quote the request: the error's name and our own words are enough. */
const reasonOf = (error: unknown) => {
  if (!(error instanceof Error)) return "unknown";
  const cause = error.cause instanceof Error ? ` (${error.cause.name})` : "";
  return `${error.name}: ${error.message}${cause}`.slice(0, 500);
};
