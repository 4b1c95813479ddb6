import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Report } from "../report.ts";
import type { Context } from "./context.ts";
import { afterFailure, type DeliveryFailure } from "./retry.ts";

/** What a target is to get. */
export interface Message {
  /** Unique within one call. */
  id: string;
  json: string;
  /** Of a FIFO queue. */
  groupId?: string;
  /** Message attributes of a dead letter. */
  attributes?: Record<string, string>;
}

export interface DeliveryResult {
  id: string;
  /** Absent when the target took the message. */
  failure?: DeliveryFailure;
}

/** Hands messages to a queue or a function by its ARN, and answers for each of them. */
export type Deliver = (targetArn: string, messages: Message[]) => Promise<DeliveryResult[]>;

const deliveryRow = z.object({
  seq: z.number(),
  ruleArn: z.string(),
  targetArn: z.string(),
  body: z.string(),
  groupId: z.string().nullable(),
  deadLetterArn: z.string().nullable(),
  maximumRetryAttempts: z.number(),
  maximumEventAgeSeconds: z.number(),
  forwarded: z.number().transform((flag) => flag === 1),
  attributes: z
    .string()
    .nullable()
    .transform((json) => (json === null ? null : z.record(z.string(), z.string()).parse(JSON.parse(json)))),
  createdAt: z.number(),
  attempts: z.number(),
});
export type Delivery = z.infer<typeof deliveryRow>;
export type NewDelivery = Omit<Delivery, "seq" | "attributes" | "createdAt" | "attempts">;

export interface Deliveries {
  /** To be called inside a transaction. */
  insert(delivery: NewDelivery): void;
  /** Starts delivering to these targets, unless that is under way. */
  wake(deliveries: { targetArn: string }[]): void;
  /** Delivers what an earlier process left behind. */
  resume(): void;
  /** Resolves when few enough deliveries are due that a replay may add some without holding up live events. */
  roomForReplay(): Promise<void>;
  close(): Promise<void>;
}

interface DeliveriesParts extends Omit<Context, "routing" | "place"> {
  attempt: (targetArn: string, deliveries: Delivery[]) => Promise<DeliveryResult[]>;
  report: Report;
  retryDelay: (attempts: number) => number;
}

const batchSize = 100;
const crowd = 1_000;
const ownFaultPauseMs = 1_000;
const closingGraceMs = 1_000;

/**
 * The outbox: a row for each event and target, removed when the target took it. At least once: a crash between the two
 * delivers again. Each target has a lane of its own, so that a slow one holds up no other.
 */
export function createDeliveries({ store, attempt, report, now, retryDelay }: DeliveriesParts): Deliveries {
  const { db } = store;
  const insertRow = db.prepare(`
    insert into deliveries (rule_arn, target_arn, body, group_id, dead_letter_arn, maximum_attempts, maximum_age_seconds,
      forwarded, created_at, attempts, next_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)`);
  const selectDue = db.prepare(`
    select seq, rule_arn as ruleArn, target_arn as targetArn, body, group_id as groupId, dead_letter_arn as deadLetterArn,
      maximum_attempts as maximumRetryAttempts, maximum_age_seconds as maximumEventAgeSeconds, forwarded, attributes,
      created_at as createdAt, attempts
    from deliveries where target_arn = ? and next_at <= ? order by next_at, seq limit ${batchSize}`);
  const countDue = db.prepare(
    `select count(*) as due from (select 1 from deliveries where next_at <= ? limit ${crowd + 1})`,
  );
  const nextDue = db.prepare("select min(next_at) as at from deliveries where target_arn = ?");
  const removeRow = db.prepare("delete from deliveries where seq = ?");
  const postpone = db.prepare("update deliveries set attempts = ?, next_at = ? where seq = ?");
  const redirect = db.prepare(`
    update deliveries set target_arn = ?, attributes = ?, dead_letter_arn = null, group_id = null, forwarded = 0,
      maximum_attempts = 185, maximum_age_seconds = 86400, created_at = ?, attempts = 0, next_at = ? where seq = ?`);

  const lanes = new Map<string, Promise<void>>();
  const timers = new Map<string, NodeJS.Timeout>();
  let batchDone = Promise.withResolvers<void>();
  let closed = false;

  const dueRows = (targetArn: string) => z.array(deliveryRow).parse(selectDue.all(targetArn, now()));

  function start(targetArn: string): void {
    if (closed || lanes.has(targetArn)) return;
    clearTimeout(timers.get(targetArn));
    timers.delete(targetArn);
    lanes.set(targetArn, runLane(targetArn));
  }

  async function runLane(targetArn: string): Promise<void> {
    // Not in the turn of the caller: what it does beside may belong to the same batch.
    await Promise.resolve();
    let pause: number | undefined;
    try {
      for (let rows = dueRows(targetArn); rows.length > 0 && !closed; rows = dueRows(targetArn)) {
        await settle(rows, await attemptSafely(targetArn, rows));
        batchDone.resolve();
        batchDone = Promise.withResolvers<void>();
      }
    } catch (error) {
      if (!closed) report({ level: "ERROR", message: `deliveries to ${targetArn} are interrupted`, error });
      pause = ownFaultPauseMs;
    }
    lanes.delete(targetArn);
    if (!closed) sleepUntilDue(targetArn, pause);
  }

  function sleepUntilDue(targetArn: string, pause?: number): void {
    const { at } = z.object({ at: z.number().nullable() }).parse(nextDue.get(targetArn));
    if (at === null) return;
    timers.set(targetArn, setTimeout(start, pause ?? Math.max(0, at - now()), targetArn));
  }

  async function attemptSafely(targetArn: string, rows: Delivery[]): Promise<Map<string, DeliveryFailure | undefined>> {
    try {
      const results = await attempt(targetArn, rows);
      return new Map(results.map(({ id, failure }) => [id, failure]));
    } catch (error) {
      const failure = { errorCode: "INTERNAL_ERROR", message: error instanceof Error ? error.message : String(error) };
      return new Map(rows.map(({ seq }) => [String(seq), failure]));
    }
  }

  async function settle(rows: Delivery[], failures: Map<string, DeliveryFailure | undefined>): Promise<void> {
    const deadLetters: { targetArn: string }[] = [];
    const dropped: string[] = [];
    const writes = rows.map((row) => {
      const id = String(row.seq);
      const unanswered = { errorCode: "INTERNAL_ERROR", message: "The target gave no answer." };
      const failure = failures.has(id) ? failures.get(id) : unanswered;
      if (failure === undefined) return () => removeRow.run(row.seq);
      const attempts = row.attempts + 1;
      const next = afterFailure({ ...row, attempts }, failure, { now: now(), delay: retryDelay(attempts) });
      if (next.step === "retry") return () => postpone.run(attempts, next.at, row.seq);
      if (next.step === "dead-letter") {
        deadLetters.push({ targetArn: next.queueArn });
        return () => redirect.run(next.queueArn, JSON.stringify(next.attributes), now(), now(), row.seq);
      }
      const what = row.attributes === null ? "an event" : "a dead letter";
      dropped.push(
        `${row.ruleArn} lost ${what} for ${row.targetArn} at attempt ${attempts}: ${failure.errorCode} ${failure.message}`,
      );
      return () => removeRow.run(row.seq);
    });
    await store.commit(() => {
      for (const write of writes) write();
    });
    for (const message of dropped) report({ level: "WARN", message });
    wake(deadLetters);
  }

  function wake(deliveries: { targetArn: string }[]): void {
    for (const targetArn of new Set(deliveries.map((delivery) => delivery.targetArn))) start(targetArn);
  }

  return {
    insert(delivery) {
      const { ruleArn, targetArn, body, groupId, deadLetterArn } = delivery;
      const { maximumRetryAttempts, maximumEventAgeSeconds, forwarded } = delivery;
      const policy = [maximumRetryAttempts, maximumEventAgeSeconds, forwarded ? 1 : 0];
      insertRow.run(ruleArn, targetArn, body, groupId, deadLetterArn, ...policy, now(), now());
    },
    wake,
    resume() {
      const targets = db.prepare("select distinct target_arn as targetArn from deliveries").all();
      wake(z.array(z.object({ targetArn: z.string() })).parse(targets));
    },
    async roomForReplay() {
      while (!closed && z.object({ due: z.number() }).parse(countDue.get(now())).due > crowd) await batchDone.promise;
    },
    async close() {
      closed = true;
      batchDone.resolve();
      for (const timer of timers.values()) clearTimeout(timer);
      // What a target has not answered by then is delivered again after the next start.
      const settled = Promise.all(lanes.values());
      await Promise.race([settled, sleep(closingGraceMs, undefined, { ref: false })]);
    },
  };
}
