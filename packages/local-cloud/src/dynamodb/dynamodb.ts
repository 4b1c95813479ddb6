import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type JsonService, unknownOperation } from "../endpoint/json-service.ts";
import type { TableTopology } from "../topology.ts";
import { createTableInput, reindexTable } from "./apply-table.ts";
import { addIndexUnits, transactionUnits } from "./consumed-capacity.ts";
import {
  asItem,
  check,
  checkShape,
  database,
  getTable,
  type Item,
  invalid,
  itemWrites,
  keyOf,
  type Operation,
  reads,
  run,
  type Store,
  tableWrites,
  type Write,
} from "./engine.ts";
import { createRequestTokens } from "./request-tokens.ts";
import { listTables, settleTables, untilSettled } from "./tables.ts";
import { changeTimeToLive, createTimeToLive, expiryOf, timeToLiveTypes } from "./time-to-live.ts";
import {
  checkTransactWrite,
  readAgain,
  returnOldOnFailure,
  transactGet,
  transactWrite,
  withOldItem,
} from "./transactions.ts";
import { openUnitOfWork } from "./unit-of-work.ts";
import { indexChanges, updateIndexes, updateTableTypes } from "./update-indexes.ts";

export interface DynamodbOptions {
  dataDir: string;
  region: string;
  account: string;
  /** Epoch milliseconds. */
  now?: () => number;
}

export interface Dynamodb extends JsonService {
  /** Makes the table, or brings an existing one to the topology's indexes and time to live. */
  applyTable(table: TableTopology): Promise<void>;
  close(): Promise<void>;
}

const sweepMs = 1_000;
/** Members of CreateTable and UpdateTable that dynalite would ignore without a word. */
const unsupported = [
  "StreamSpecification",
  "SSESpecification",
  "DeletionProtectionEnabled",
  "ReplicaUpdates",
  "Tags",
  "ResourcePolicy",
];

/** DynamoDB on LevelDB: dynalite's expressions and validations, our commits, transactions and expiry. */
export function createDynamodb({ dataDir, region, account, now = Date.now }: DynamodbOptions): Dynamodb {
  mkdirSync(dataDir, { recursive: true });
  const store: Store = database.create({
    path: join(dataDir, "level"),
    createTableMs: 0,
    deleteTableMs: 0,
    updateTableMs: 0,
  });
  store.tableDb.awsAccountId = account;
  store.tableDb.awsRegion = region;
  const timeToLive = createTimeToLive(store);
  const tokens = createRequestTokens(store, now);
  const exclusively = createQueue();

  const ready = (async () => {
    await store.db.open();
    await settleTables(store);
    await timeToLive.load();
    await tokens.load();
  })();
  ready.catch(() => undefined); // Whoever calls first is told.

  async function commit(writes: Write[]): Promise<void> {
    if (writes.length === 0) return;
    await store.db.batch(writes);
    timeToLive.follow(writes);
    tokens.follow(writes);
  }

  async function writeItems(operation: (typeof itemWrites)[number], input: object): Promise<Item> {
    const request = check(operation, input, store, operation === "BatchWriteItem" ? {} : returnOldOnFailure);
    return exclusively(async () => {
      const unit = openUnitOfWork(store);
      const answer = await run(operation, request, unit.store).catch(async (error: unknown) => {
        throw await withOldItem(error, request, store);
      });
      const writing = { writes: unit.writes(), store, asked: request["ReturnConsumedCapacity"] };
      const complete = await addIndexUnits(answer, writing);
      await commit(writing.writes);
      return complete;
    });
  }

  async function writeTable(operation: (typeof tableWrites)[number], input: object): Promise<Item> {
    const ignored = unsupported.find((member) => Object.hasOwn(input, member));
    if (ignored && operation !== "TagResource") throw invalid(`${ignored} is not supported by this endpoint`);
    const request = check(operation, input, store, operation === "UpdateTable" ? updateTableTypes : {});
    const [change] = operation === "UpdateTable" ? indexChanges(request) : [];
    return exclusively(async () => {
      if (change) {
        const { writes, answer } = await updateIndexes(store, request, change);
        await commit(writes);
        return answer;
      }
      const answer = structuredClone(await run(operation, request, store));
      if (operation.endsWith("Table")) await untilSettled(store, request.TableName);
      if (operation === "DeleteTable") await timeToLive.set(request.TableName, undefined);
      return answer;
    });
  }

  async function writeTransaction(input: object): Promise<Item> {
    const transaction = checkTransactWrite(input, store);
    const { token, fingerprint, asked, parts } = transaction;
    return exclusively(async () => {
      if (token !== undefined && tokens.knows(token, fingerprint)) return readAgain(transaction, store);
      const unit = openUnitOfWork(store);
      await transactWrite(transaction, unit);
      const writes = unit.writes();
      const checked = parts.filter(({ kind }) => kind === "ConditionCheck").map(({ request }) => request.TableName);
      const answer = await transactionUnits({ writes, store, asked }, checked);
      await commit([...writes, ...(token === undefined ? [] : [tokens.entry(token, fingerprint)])]);
      return answer;
    });
  }

  function updateTimeToLive(input: object): Promise<Item> {
    const request = checkShape(input, timeToLiveTypes, store);
    return exclusively(async () => {
      await getTable(store, request.TableName, { active: false });
      const specification = asItem(request["TimeToLiveSpecification"]) ?? {};
      const attribute = changeTimeToLive(timeToLive.attributeOf(request.TableName), specification);
      await timeToLive.set(request.TableName, attribute);
      return { TimeToLiveSpecification: specification };
    });
  }

  async function describeTimeToLive(input: object): Promise<Item> {
    const request = checkShape(input, { TableName: timeToLiveTypes.TableName }, store);
    await getTable(store, request.TableName, { active: false });
    const attribute = timeToLive.attributeOf(request.TableName);
    return {
      TimeToLiveDescription: attribute
        ? { TimeToLiveStatus: "ENABLED", AttributeName: attribute }
        : { TimeToLiveStatus: "DISABLED" },
    };
  }

  async function deleteExpired(): Promise<void> {
    await ready;
    for (const { table, storedKey } of timeToLive.expired(now() / 1_000)) {
      await exclusively(async () => {
        // It may have been written again, or its table dropped, since we looked.
        const item = asItem(await store.db.get(`item-${table}~${storedKey}`));
        const attribute = timeToLive.attributeOf(table);
        if (!item || attribute === undefined || (expiryOf(item, attribute) ?? Number.POSITIVE_INFINITY) > now() / 1_000)
          return;
        const unit = openUnitOfWork(store);
        const key = keyOf(item, await getTable(store, table));
        await run("DeleteItem", check("DeleteItem", { TableName: table, Key: key }, store), unit.store);
        await commit(unit.writes());
      });
    }
    await exclusively(() => tokens.forgetOld());
  }

  let sweeping: Promise<void> | undefined;
  const sweep = setInterval(() => {
    sweeping ??= deleteExpired().finally(() => {
      sweeping = undefined;
    });
  }, sweepMs).unref();

  const includes = <T extends Operation>(operations: readonly T[], name: string): name is T =>
    operations.some((operation) => operation === name);

  return {
    targetPrefix: "DynamoDB_20120810",
    jsonVersion: "1.0",
    errorNamespace: "com.amazonaws.dynamodb.v20120810#",

    async call(operation, input) {
      await ready;
      if (includes(itemWrites, operation)) return writeItems(operation, input);
      if (operation === "ListTables") return listTables(store, input);
      if (includes(reads, operation)) return run(operation, check(operation, input, store), store);
      if (includes(tableWrites, operation)) return writeTable(operation, input);
      if (operation === "TransactWriteItems") return writeTransaction(input);
      if (operation === "TransactGetItems") return exclusively(() => transactGet(input, store));
      if (operation === "UpdateTimeToLive") return updateTimeToLive(input);
      if (operation === "DescribeTimeToLive") return describeTimeToLive(input);
      throw unknownOperation(operation);
    },

    async applyTable(table) {
      await ready;
      const exists = asItem(await store.db.get(`table~${table.name}`)) !== undefined;
      if (exists) await exclusively(async () => commit(await reindexTable(store, table)));
      else await writeTable("CreateTable", createTableInput(table));
      await exclusively(async () => {
        const attribute = table.ttlAttribute ?? undefined;
        if (timeToLive.attributeOf(table.name) !== attribute) await timeToLive.set(table.name, attribute);
      });
    },

    async close() {
      clearInterval(sweep);
      await ready.catch(() => undefined); // Nothing was opened, so there is nothing to wait for.
      await sweeping;
      await exclusively(() => store.db.close());
    },
  };
}

/** Lets one writer in at a time, in the order in which they came. */
function createQueue() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work);
    last = result.catch(() => undefined); // The next one's turn comes either way; the caller has the error.
    return result;
  };
}
