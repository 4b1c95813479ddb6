import { createRequire } from "node:module";
import { AwsError } from "../endpoint/aws-error.ts";
import { uncountedBytes } from "./item-size.ts";

/** The parts of dynalite 4 that are used here, as its sources have them: it ships no types. */
export type Item = Record<string, unknown>;
type Callback<T> = (error: DynaliteError | null | undefined, value: T) => void;

export interface TableDescription {
  TableName: string;
  TableStatus: string;
  TableArn: string;
  KeySchema: { AttributeName: string; KeyType: string }[];
  AttributeDefinitions: { AttributeName: string; AttributeType: string }[];
  GlobalSecondaryIndexes?: IndexDescription[];
  LocalSecondaryIndexes?: IndexDescription[];
  BillingModeSummary?: { BillingMode: string };
}

export interface IndexDescription {
  IndexName: string;
  KeySchema: { AttributeName: string; KeyType: string }[];
  Projection: { ProjectionType?: string; NonKeyAttributes?: string[] };
  [more: string]: unknown;
}

/** A request's members after dynalite's own checks; expressions are parsed into members with an underscore. */
export interface Checked extends Record<string, unknown> {
  TableName: string;
  Key?: Item;
  Item?: Item;
}

export interface Part {
  get(key: string, done: Callback<unknown>): void;
  put(key: string, value: unknown, done: Callback<void>): void;
  del(key: string, done: Callback<void>): void;
  lock(key: string, work: (release: <T>(done: T) => T) => void): void;
}

export type Write = { type: "put"; key: string; value: unknown } | { type: "del"; key: string };

export interface Store {
  options: { maxItemSize: number };
  db: {
    open(): Promise<void>;
    close(): Promise<void>;
    get(key: string): Promise<unknown>;
    put(key: string, value: unknown): Promise<void>;
    batch(writes: Write[]): Promise<void>;
    iterator(range: { gte: string; lt: string }): AsyncIterable<[string, unknown]>;
  };
  tableDb: { awsAccountId: string; awsRegion: string };
  getTable(name: string, mustBeActive: boolean, done: Callback<TableDescription>): void;
  getItemDb(name: string): Part;
  getIndexDb(kind: string, table: string, index: string): Part;
}

type Types = Record<string, unknown>;
type Custom = (request: Checked, store: Store) => string | undefined;

interface DynaliteError extends Error {
  statusCode?: number;
  body?: { __type: string; message?: string; Message?: string };
}

interface Database {
  create(options: object): Store;
  createKey(key: Item, table: TableDescription): string;
  checkConditional(request: Checked, item: Item | undefined): DynaliteError | null | undefined;
  validateKey(key: Item, table: TableDescription): DynaliteError | null | undefined;
  validationError(message: string): DynaliteError;
  itemSize(item: Item): number;
  getIndexActions(
    indexes: IndexDescription[],
    old: Item | undefined,
    item: Item | undefined,
    table: TableDescription,
  ): { puts: { index: string; key: string; item: Item }[] };
}

interface Validations {
  checkTypes(input: object, types: Types): Checked;
  checkValidations(request: Checked, types: Types, custom: Custom | undefined, store: Store): void;
}

const load = createRequire(import.meta.url);
export const database: Database = load("dynalite/db");
const validations: Validations = load("dynalite/validations");

// dynalite looks this export up wherever it refuses an item for its size.
const { itemSize } = database;
database.itemSize = (item) => itemSize(item) + uncountedBytes(item);

export const reads = [
  "BatchGetItem",
  "DescribeTable",
  "GetItem",
  "ListTables",
  "ListTagsOfResource",
  "Query",
  "Scan",
] as const;
export const itemWrites = ["BatchWriteItem", "DeleteItem", "PutItem", "UpdateItem"] as const;
export const tableWrites = ["CreateTable", "DeleteTable", "TagResource", "UntagResource", "UpdateTable"] as const;
const operations = [...reads, ...itemWrites, ...tableWrites] as const;
export type Operation = (typeof operations)[number];

interface Action {
  run(store: Store, request: Checked, done: Callback<Item>): void;
  types: Types;
  custom: Custom;
}

const actions = new Map<Operation, Action>();
for (const operation of operations) {
  const file = operation.charAt(0).toLowerCase() + operation.slice(1);
  const { types, custom }: Pick<Action, "types" | "custom"> = load(`dynalite/validations/${file}`);
  actions.set(operation, { run: load(`dynalite/actions/${file}`), types, custom });
}

function actionOf(operation: Operation): Action {
  const action = actions.get(operation);
  if (!action) throw new Error(`dynalite has no ${operation}`);
  return action;
}

export const typesOf = (operation: Operation): Types => actionOf(operation).types;

/** Checks a request's shape as AWS does: types, then constraints. */
export function checkShape(input: object, types: Types, store: Store): Checked {
  return translate(() => {
    const request = validations.checkTypes(structuredClone(input), types);
    validations.checkValidations(request, types, undefined, store);
    return request;
  });
}

/** Checks what only this operation demands, and parses its expressions. */
export function checkMeaning(operation: Operation, request: Checked, store: Store): void {
  translate(() => validations.checkValidations(request, {}, actionOf(operation).custom, store));
}

export function check(operation: Operation, input: object, store: Store, more: Types = {}): Checked {
  const request = checkShape(input, { ...typesOf(operation), ...more }, store);
  checkMeaning(operation, request, store);
  return request;
}

export const run = (operation: Operation, request: Checked, store: Store): Promise<Item> =>
  promised((done) => actionOf(operation).run(store, request, done));

export const getTable = (store: Store, name: string, { active = true } = {}): Promise<TableDescription> =>
  promised((done) => store.getTable(name, active, done));

export const getItem = (store: Store, table: TableDescription, key: Item): Promise<Item | undefined> =>
  promised((done) =>
    store.getItemDb(table.TableName).get(database.createKey(key, table), (error, value) => done(error, asItem(value))),
  );

/** What the engine stored was an item when it stored it. */
export const asItem = (value: unknown): Item | undefined =>
  typeof value === "object" && value !== null ? { ...value } : undefined;

export const keyOf = (item: Item, table: TableDescription): Item =>
  Object.fromEntries(table.KeySchema.map(({ AttributeName }) => [AttributeName, item[AttributeName]]));

export const invalid = (message: string): AwsError =>
  new AwsError("ValidationException", message, { type: "com.amazon.coral.validate#ValidationException" });

function promised<T>(work: (done: Callback<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => work((error, value) => (error ? reject(toAwsError(error)) : resolve(value))));
}

function translate<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof Error ? toAwsError(error) : error;
  }
}

/** dynalite's errors know AWS's type and message; whatever else is thrown is a fault of ours and stays what it is. */
export function toAwsError(error: DynaliteError): Error {
  if (!error.body) return error;
  const { __type: type, message, Message, ...members } = error.body;
  const options = { status: error.statusCode ?? 400, type, members };
  return new AwsError(type.slice(type.indexOf("#") + 1), message ?? Message ?? "", options);
}
