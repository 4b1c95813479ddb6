import { createHash } from "node:crypto";
import { AwsError } from "../endpoint/aws-error.ts";
import { transactionReadUnits } from "./consumed-capacity.ts";
import {
  type Checked,
  checkMeaning,
  checkShape,
  database,
  getItem,
  getTable,
  type Item,
  invalid,
  keyOf,
  run,
  type Store,
  toAwsError,
  typesOf,
} from "./engine.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

export const returnOldOnFailure = {
  ReturnValuesOnConditionCheckFailure: { type: "String", enum: ["ALL_OLD", "NONE"] },
};

const operationOf = {
  Put: "PutItem",
  Update: "UpdateItem",
  Delete: "DeleteItem",
  ConditionCheck: "DeleteItem",
} as const;
type Kind = keyof typeof operationOf;
const kinds: readonly Kind[] = ["Put", "Update", "Delete", "ConditionCheck"];
const required: Partial<Record<Kind, string>> = { Update: "UpdateExpression", ConditionCheck: "ConditionExpression" };

const structure = (name: string, children: object) => ({ type: `FieldStruct<${name}>`, children });
const listOf = (children: object) => ({
  type: "List",
  notNull: true,
  lengthGreaterThanOrEqual: 1,
  lengthLessThanOrEqual: 100,
  children,
});

function writeTypes(kind: Kind) {
  const member = required[kind];
  const types = { ...typesOf(operationOf[kind]), ...returnOldOnFailure };
  return structure(kind, member ? { ...types, [member]: { type: "String", notNull: true } } : types);
}

const transactWriteTypes = {
  TransactItems: listOf({
    type: "ValueStruct<TransactWriteItem>",
    children: Object.fromEntries(kinds.map((kind) => [kind, writeTypes(kind)])),
  }),
  ClientRequestToken: { type: "String", lengthGreaterThanOrEqual: 1, lengthLessThanOrEqual: 36 },
  ReturnConsumedCapacity: { type: "String", enum: ["INDEXES", "TOTAL", "NONE"] },
};

const transactGetTypes = {
  TransactItems: listOf({
    type: "ValueStruct<TransactGetItem>",
    children: { Get: { ...structure("Get", typesOf("GetItem")), notNull: true } },
  }),
  ReturnConsumedCapacity: transactWriteTypes.ReturnConsumedCapacity,
};

interface Reason {
  Code: "None" | "ConditionalCheckFailed" | "ValidationError";
  Message?: string;
  Item?: Item;
}

const maxTransactionBytes = 4 * 1024 * 1024;

export interface CheckedTransaction {
  parts: { kind: Kind; request: Checked }[];
  token: string | undefined;
  /** Tells a repeated request from another one under the same token. */
  fingerprint: string;
  /** ReturnConsumedCapacity. */
  asked: unknown;
}

export function checkTransactWrite(input: object, store: Store): CheckedTransaction {
  const request = checkShape(input, transactWriteTypes, store);
  const { TransactItems: items, ClientRequestToken: token, ReturnConsumedCapacity: asked } = request;
  const fingerprint = createHash("sha256").update(canonicalJson(items)).digest("hex");
  const parts = membersOf<Partial<Record<Kind, Checked>>>(items).map((item) => {
    const [kind, ...others] = kinds.filter((candidate) => item[candidate]);
    const request = kind && item[kind];
    if (!kind || !request || others.length > 0) {
      throw invalid("TransactItems can only contain one of Check, Put, Update or Delete");
    }
    checkMeaning(operationOf[kind], request, store);
    return { kind, request };
  });
  return { parts, token: typeof token === "string" ? token : undefined, fingerprint, asked };
}

/** The same for requests that differ in the order of their members alone: DynamoDB takes them for one. */
const canonicalJson = (value: unknown) =>
  JSON.stringify(value, (_, member: unknown) =>
    typeof member === "object" && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([left], [right]) => (left < right ? -1 : 1)))
      : member,
  );

/** The answer to a transaction that was done before: it costs what reading its items costs. */
export async function readAgain({ parts, asked }: CheckedTransaction, store: Store): Promise<Item> {
  if (asked === undefined || asked === "NONE") return {};
  const reads = parts.map(async ({ request }) => {
    const table = await getTable(store, request.TableName);
    return {
      table: request.TableName,
      item: await getItem(store, table, request.Key ?? keyOf(request.Item ?? {}, table)),
    };
  });
  return transactionReadUnits(await Promise.all(reads), asked);
}

/** Does all of it in the unit of work, or throws why not. The caller commits. */
export async function transactWrite({ parts }: CheckedTransaction, unit: UnitOfWork): Promise<void> {
  const seen = new Set<string>();
  for (const { request } of parts) {
    const table = await getTable(unit.store, request.TableName);
    const key = request.Key ?? keyOf(request.Item ?? {}, table);
    const id = `${request.TableName}~${database.validateKey(key, table) ? "" : database.createKey(key, table)}`;
    if (seen.has(id)) throw invalid("Transaction request cannot include multiple operations on one item");
    if (!id.endsWith("~")) seen.add(id);
  }
  const reasons: Reason[] = [];
  for (const { kind, request } of parts) reasons.push(await attempt(kind, request, unit.store));
  throwIfCancelled(reasons);

  const bytes = unit.writes().reduce((sum, write) => {
    const isItem = write.type === "put" && write.key.startsWith("item-");
    return isItem ? sum + database.itemSize(Object(write.value)) : sum;
  }, 0);
  if (bytes > maxTransactionBytes) throw invalid("The aggregate size of the items in the transaction exceeds 4 MB");
}

async function attempt(kind: Kind, request: Checked, store: Store): Promise<Reason> {
  try {
    if (kind === "ConditionCheck") await checkCondition(request, store);
    else await run(operationOf[kind], request, store);
    return { Code: "None" };
  } catch (error) {
    return reasonOf(await withOldItem(error, request, store));
  }
}

async function checkCondition(request: Checked, store: Store): Promise<void> {
  const table = await getTable(store, request.TableName);
  const key = request.Key ?? {};
  const failure =
    database.validateKey(key, table) ?? database.checkConditional(request, await getItem(store, table, key));
  if (failure) throw toAwsError(failure);
}

/** Puts the item that stands in the way into the error, for those who asked with ReturnValuesOnConditionCheckFailure. */
export async function withOldItem(error: unknown, request: Checked, store: Store): Promise<unknown> {
  const asked = request["ReturnValuesOnConditionCheckFailure"] === "ALL_OLD";
  if (!asked || !(error instanceof AwsError) || error.code !== "ConditionalCheckFailedException") return error;
  const table = await getTable(store, request.TableName);
  const old = await getItem(store, table, request.Key ?? keyOf(request.Item ?? {}, table));
  return old
    ? new AwsError(error.code, error.message, { ...(error.type && { type: error.type }), members: { Item: old } })
    : error;
}

function reasonOf(error: unknown): Reason {
  if (!(error instanceof AwsError)) throw error;
  if (error.code === "ConditionalCheckFailedException") {
    return { Code: "ConditionalCheckFailed", Message: error.message, ...error.members };
  }
  if (error.code === "ValidationException") return { Code: "ValidationError", Message: error.message };
  throw error;
}

function throwIfCancelled(reasons: Reason[]): void {
  if (reasons.every(({ Code }) => Code === "None")) return;
  const codes = reasons.map(({ Code }) => Code).join(", ");
  throw new AwsError(
    "TransactionCanceledException",
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { members: { CancellationReasons: reasons } },
  );
}

/** Reads a consistent picture; the caller sees to it that nobody writes meanwhile. */
export async function transactGet(input: object, store: Store): Promise<Item> {
  const { TransactItems: items, ReturnConsumedCapacity: asked } = checkShape(input, transactGetTypes, store);
  const requests = membersOf<{ Get: Checked }>(items).map(({ Get }) => Get);
  for (const request of requests) checkMeaning("GetItem", request, store);
  const responses: Item[] = [];
  const reads: { table: string; item: Item | undefined }[] = [];
  const reasons: Reason[] = [];
  for (const request of requests) {
    try {
      responses.push(await run("GetItem", request, store));
      const table = await getTable(store, request.TableName);
      reads.push({ table: table.TableName, item: await getItem(store, table, request.Key ?? {}) });
      reasons.push({ Code: "None" });
    } catch (error) {
      reasons.push(reasonOf(error));
    }
  }
  throwIfCancelled(reasons);
  return { Responses: responses, ...transactionReadUnits(reads, asked) };
}

/** A list's members, once `checkShape` has found them to be of that shape. */
function membersOf<T>(list: unknown): T[] {
  return Array.isArray(list) ? list : [];
}
