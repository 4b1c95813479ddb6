import { randomUUID } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import type { Operation, SqsContext } from "./context.ts";
import { invalidParameter, missingParameter, resourceNotFound } from "./errors.ts";
import { readInput } from "./input.ts";
import { moveByTask } from "./move-message.ts";
import { createMoveTaskStore, type MoveTask } from "./move-task-store.ts";
import type { Queue } from "./queue-store.ts";

const startInput = z.object({
  SourceArn: z.string().optional(),
  DestinationArn: z.string().optional(),
  MaxNumberOfMessagesPerSecond: z.int().optional(),
});
const listInput = z.object({ SourceArn: z.string().optional(), MaxResults: z.int().default(1) });
const cancelInput = z.object({ TaskHandle: z.string().optional() });

const handleContent = z.object({ taskId: z.string(), sourceArn: z.string() });
const messagesPerTurn = 100;

/** Tasks are rows, and each turn moves messages and counts them in one commit: a restart goes on where the last one ended. */
export function moveTaskOperations(context: SqsContext, database: DatabaseSync) {
  const { queues, messages, commit, now, wake } = context;
  const tasks = createMoveTaskStore(database);
  const stopping = new AbortController();
  const runs = new Set<Promise<void>>();

  function requireQueue(arn: string, parameter: string): Queue {
    if (!arn.startsWith("arn:aws:sqs:")) {
      throw invalidParameter(
        `You must use this format to specify the ${parameter}: arn:aws:sqs:<region>:<account>:<name>`,
      );
    }
    const queue = queues.findByArn(arn);
    if (queue) return queue;
    throw resourceNotFound(`The resource that you specified for the ${parameter} parameter doesn't exist.`);
  }

  /** Moves what it may move at once. Answers whether there is more to do. Runs inside a commit. */
  function turn(handle: string): boolean {
    const task = tasks.find(handle);
    if (task?.status !== "RUNNING") return false;
    const source = queues.findByArn(task.sourceArn);
    if (!source) return fail(task, "AWS.SimpleQueueService.NonExistentQueue");
    const found = messages.available(source, now(), task.messagesPerSecond ?? messagesPerTurn);
    for (const message of found) {
      const destinationArn = task.destinationArn ?? message.sourceArn;
      if (destinationArn === null) return fail(task, "CouldNotDetermineMessageSource");
      const to = queues.findByArn(destinationArn);
      if (!to) return fail(task, "AWS.SimpleQueueService.NonExistentQueue");
      moveByTask(messages, message, { to, now: now(), messageId: randomUUID() });
      tasks.countMoved(handle, 1);
      wake(to.id);
    }
    if (found.length === 0) tasks.end(handle, "COMPLETED");
    return found.length > 0;
  }

  function fail(task: MoveTask, reason: string): false {
    tasks.end(task.handle, "FAILED", reason);
    return false;
  }

  async function run({ handle, messagesPerSecond }: Pick<MoveTask, "handle" | "messagesPerSecond">) {
    while (!stopping.signal.aborted && (await commit(() => turn(handle)))) {
      if (messagesPerSecond === null) continue;
      await pause(1000, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  function begin(task: Pick<MoveTask, "handle" | "messagesPerSecond">) {
    const ended = run(task).catch(() => {
      // The store refused the turn; the task stays RUNNING in it, and the next start takes it up again.
    });
    runs.add(ended);
    void ended.then(() => runs.delete(ended));
  }

  const start: Operation = async (raw) => {
    const { SourceArn, DestinationArn, MaxNumberOfMessagesPerSecond: perSecond } = readInput(startInput, raw);
    if (!SourceArn) throw missingParameter("SourceArn");
    if (perSecond !== undefined && (perSecond < 1 || perSecond > 500)) {
      throw invalidParameter(
        "Value for parameter MaxNumberOfMessagesPerSecond is invalid. Reason: You must enter a number that's between 1 and 500.",
      );
    }
    const task = await commit(() => {
      const source = requireQueue(SourceArn, "SourceArn");
      if (!queues.list().some(({ redrive }) => redrive?.deadLetterTargetArn === source.arn)) {
        throw invalidParameter("Source queue must be configured as a Dead Letter Queue.");
      }
      if (DestinationArn) checkDestination(source, requireQueue(DestinationArn, "DestinationArn"));
      if (tasks.running().some(({ sourceArn }) => sourceArn === SourceArn)) {
        throw invalidParameter(
          "There is already a task running. Only one active task is allowed for a source queue arn at a given time.",
        );
      }
      const handle = writeHandle(SourceArn);
      const messagesPerSecond = perSecond ?? null;
      const toMove = messages.count(source, now()).visible;
      const destinationArn = DestinationArn ?? null;
      tasks.add({ handle, sourceArn: SourceArn, destinationArn, messagesPerSecond, toMove, startedAt: now() });
      return { handle, messagesPerSecond };
    });
    begin(task);
    return { TaskHandle: task.handle };
  };

  const list: Operation = (raw) => {
    const { SourceArn, MaxResults } = readInput(listInput, raw);
    if (!SourceArn) throw missingParameter("SourceArn");
    if (MaxResults < 1 || MaxResults > 10) {
      throw invalidParameter("Value for parameter MaxResults is invalid. Reason: Must be between 1 and 10.");
    }
    requireQueue(SourceArn, "SourceArn");
    return { Results: tasks.list(SourceArn, MaxResults).map(describe) };
  };

  const cancel: Operation = (raw) => {
    const { TaskHandle } = readInput(cancelInput, raw);
    if (!TaskHandle) throw missingParameter("TaskHandle");
    return commit(() => {
      requireQueue(readHandle(TaskHandle).sourceArn, "SourceArn");
      const task = tasks.find(TaskHandle);
      if (!task) throw resourceNotFound("Task does not exist.");
      if (task.status !== "RUNNING") throw invalidParameter("Only active tasks can be cancelled.");
      tasks.end(TaskHandle, "CANCELLED");
      return { ApproximateNumberOfMessagesMoved: task.moved };
    });
  };

  for (const task of tasks.running()) begin(task);
  return {
    operations: { StartMessageMoveTask: start, ListMessageMoveTasks: list, CancelMessageMoveTask: cancel },
    async stop() {
      stopping.abort();
      await Promise.all(runs);
    },
  };
}

function checkDestination(source: Queue, destination: Queue): void {
  if (destination.id === source.id) {
    throw invalidParameter("Source queue arn and destination queue arn cannot be the same.");
  }
  if (destination.fifo !== source.fifo) {
    throw invalidParameter("The source queue and destination queue must be of the same queue type.");
  }
}

const writeHandle = (sourceArn: string) =>
  Buffer.from(JSON.stringify({ taskId: randomUUID(), sourceArn })).toString("base64");

function readHandle(handle: string): z.infer<typeof handleContent> {
  try {
    return handleContent.parse(JSON.parse(Buffer.from(handle, "base64").toString("utf8")));
  } catch (cause) {
    throw Object.assign(invalidParameter("Value for parameter TaskHandle is invalid."), { cause });
  }
}

function describe(task: MoveTask) {
  return {
    ...(task.status === "RUNNING" && { TaskHandle: task.handle }),
    Status: task.status,
    SourceArn: task.sourceArn,
    ...(task.destinationArn !== null && { DestinationArn: task.destinationArn }),
    ...(task.messagesPerSecond !== null && { MaxNumberOfMessagesPerSecond: task.messagesPerSecond }),
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.toMove,
    ...(task.failureReason !== null && { FailureReason: task.failureReason }),
    StartedTimestamp: task.startedAt,
  };
}
