import { type JsonService, unknownOperation } from "../endpoint/json-service.ts";
import type { Operation, SqsContext } from "./context.ts";
import { openDatabase } from "./database.ts";
import { createDeduplications } from "./deduplication.ts";
import { createGroupCommit } from "./group-commit.ts";
import { queueOperations } from "./manage-queues.ts";
import { createMessageStore, type StoredMessage } from "./message-store.ts";
import { moveTaskOperations } from "./move-tasks.ts";
import { permissionOperations } from "./permissions.ts";
import { createPolls } from "./polls.ts";
import { createQueueStore } from "./queue-store.ts";
import { createTagStore, tagOperations } from "./queue-tags.ts";
import { createAttemptStore } from "./receive-attempts.ts";
import { receiveOperations, type Take, takeMessages } from "./receive-messages.ts";
import { sendOperations } from "./send-messages.ts";
import { settleOperations } from "./settle-messages.ts";

interface SqsOptions {
  /** A folder of its own; created. */
  dataDir: string;
  region: string;
  account: string;
  /** The address at which callers reach the queue. Only its last segment, the name, is ever read back. */
  queueUrl: (name: string) => string;
  /** Epoch milliseconds. */
  now?: () => number;
}

export interface Sqs extends JsonService {
  /**
   * For the start of this machine: those who received from a queue in an earlier run are dead, so what they had comes back now and
   * not after its visibility timeout.
   */
  giveBackInFlight(queueName: string): Promise<void>;
  /** Answers all waiting receives with nothing, ends what runs in the background and closes the store. */
  close(): Promise<void>;
}

/** SQS on SQLite. An answered call has been written to the disk, and so have visibility, delays and receive counts. */
export function createSqs({ dataDir, region, account, queueUrl, now = Date.now }: SqsOptions): Sqs {
  const database = openDatabase(dataDir);
  const commit = createGroupCommit(database);
  const queues = createQueueStore(database, { region, account });
  const messages = createMessageStore(database);
  const polls = createPolls<Take, StoredMessage>({
    commit,
    now,
    nextVisibleAt: messages.nextVisibleAt,
    take: (queueId, take) => {
      const queue = queues.findById(queueId);
      return queue ? takeMessages(context, queue, take) : [];
    },
  });
  const attempts = createAttemptStore(database);
  const context: SqsContext = { account, queueUrl, now, commit, queues, messages, attempts, wake: polls.wake };
  const tags = createTagStore(database);
  const moveTasks = moveTaskOperations(context, database);
  const operations = new Map<string, Operation>(
    Object.entries({
      ...queueOperations(context, {
        dismiss: polls.dismiss,
        arnOf: (name) => `arn:aws:sqs:${region}:${account}:${name}`,
        tags,
      }),
      ...tagOperations(context, tags),
      ...permissionOperations(context),
      ...sendOperations(context, { deduplications: createDeduplications(database) }),
      ...receiveOperations(context, polls),
      ...settleOperations(context),
      ...moveTasks.operations,
    }),
  );

  return {
    targetPrefix: "AmazonSQS",
    jsonVersion: "1.0",
    errorNamespace: "com.amazonaws.sqs#",
    async call(name, input, options = {}) {
      const operation = operations.get(name);
      if (!operation) throw unknownOperation(name);
      return operation(input, options);
    },
    async giveBackInFlight(queueName) {
      await commit(() => messages.giveBackInFlight(queues.require(queueName), now()));
    },
    async close() {
      polls.close();
      await moveTasks.stop();
      // What was asked for before is still written.
      await commit(() => undefined);
      database.close();
    },
  };
}
