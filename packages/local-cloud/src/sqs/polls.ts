import { queueDoesNotExist } from "./errors.ts";
import type { Commit } from "./group-commit.ts";

interface Poll<Request, Item> {
  request: Request;
  answer: (items: Item[]) => void;
  fail: (error: unknown) => void;
}

interface PollsOptions<Request, Item> {
  commit: Commit;
  now: () => number;
  /** Runs inside a commit. */
  take: (queueId: number, request: Request) => Item[];
  nextVisibleAt: (queueId: number, now: number) => number | null;
}

export type Polls<Request, Item> = ReturnType<typeof createPolls<Request, Item>>;

/** Receives that wait. They are served in the order in which they came, at the moment a message can be had. */
export function createPolls<Request, Item>({ commit, now, take, nextVisibleAt }: PollsOptions<Request, Item>) {
  const waiting = new Map<number, Set<Poll<Request, Item>>>();
  const alarms = new Map<number, NodeJS.Timeout>();
  const waking = new Set<number>();
  let closed = false;

  function arm(queueId: number) {
    clearTimeout(alarms.get(queueId));
    alarms.delete(queueId);
    const time = now();
    const at = waiting.has(queueId) ? nextVisibleAt(queueId, time) : null;
    if (at !== null)
      alarms.set(
        queueId,
        setTimeout(() => wake(queueId), at - time),
      );
  }

  function leave(queueId: number, poll: Poll<Request, Item>) {
    const polls = waiting.get(queueId);
    polls?.delete(poll);
    if (polls?.size !== 0) return;
    waiting.delete(queueId);
    arm(queueId);
  }

  function serve(queueId: number) {
    waking.delete(queueId);
    const served: (() => void)[] = [];
    for (const poll of waiting.get(queueId) ?? []) {
      const items = take(queueId, poll.request);
      if (items.length === 0) break;
      served.push(() => poll.answer(items));
    }
    arm(queueId);
    return served;
  }

  /** Something may have become receivable. Cheap where nobody waits. */
  function wake(queueId: number): void {
    if (!waiting.has(queueId) || waking.has(queueId)) return;
    waking.add(queueId);
    commit(() => serve(queueId)).then(
      (served) => {
        for (const answer of served) answer();
      },
      (error: unknown) => {
        for (const poll of waiting.get(queueId) ?? []) poll.fail(error);
      },
    );
  }

  return {
    wake,
    /** Answers nothing when the time is up or the caller has gone. Must be called inside the commit that found nothing. */
    join(queueId: number, request: Request, options: { waitMilliseconds: number; signal?: AbortSignal | undefined }) {
      const { promise, resolve, reject } = Promise.withResolvers<Item[]>();
      const end = () => {
        clearTimeout(deadline);
        options.signal?.removeEventListener("abort", giveUp);
        leave(queueId, poll);
      };
      const poll: Poll<Request, Item> = {
        request,
        answer: (items) => {
          end();
          resolve(items);
        },
        fail: (error) => {
          end();
          reject(error);
        },
      };
      const giveUp = () => poll.answer([]);
      const deadline = setTimeout(giveUp, options.waitMilliseconds);
      const polls = waiting.get(queueId) ?? new Set();
      waiting.set(queueId, polls.add(poll));
      if (closed || options.signal?.aborted) giveUp();
      else options.signal?.addEventListener("abort", giveUp, { once: true });
      arm(queueId);
      return promise;
    },
    /** The queue is gone. */
    dismiss(queueId: number) {
      for (const poll of waiting.get(queueId) ?? []) poll.fail(queueDoesNotExist());
    },
    /** Whoever waits, and whoever still comes, gets nothing. */
    close() {
      closed = true;
      for (const polls of waiting.values()) for (const poll of polls) poll.answer([]);
    },
  };
}
