import { AwsError } from "../endpoint/aws-error.ts";
import {
  type Checked,
  getTable,
  type IndexDescription,
  type Item,
  invalid,
  type Store,
  typesOf,
  type Write,
} from "./engine.ts";
import { describeIndex, type Reindexing, reindexWrites } from "./reindex.ts";

type TableDescription = Reindexing["description"];

interface Change {
  Create?: IndexDescription;
  Delete?: { IndexName: string };
}

const maximumIndexes = 20;

const { notNull: _, ...attributeDefinitions } = Object(typesOf("CreateTable")["AttributeDefinitions"]);
const indexUpdates = Object(structuredClone(typesOf("UpdateTable")["GlobalSecondaryIndexUpdates"]));
// dynalite is from before on-demand tables had indexes.
delete indexUpdates.children.children.Create.children.ProvisionedThroughput.notNull;
/** What UpdateTable takes beyond dynalite's own. */
export const updateTableTypes = {
  AttributeDefinitions: attributeDefinitions,
  GlobalSecondaryIndexUpdates: indexUpdates,
};

/** What an UpdateTable asks of the indexes: those that are made or dropped. dynalite sees to their throughput. */
export function indexChanges(request: Checked): Change[] {
  const updates: unknown = request["GlobalSecondaryIndexUpdates"];
  const all: Change[] = Array.isArray(updates) ? updates : [];
  const changes = all.filter(({ Create, Delete }) => Create || Delete);
  if (changes.length > 0 && all.length > 1) {
    throw limitExceeded("Only 1 online index can be created or deleted simultaneously per table");
  }
  if (changes.length > 0 && (request["ProvisionedThroughput"] || request["BillingMode"])) {
    throw invalid(
      "One or more parameter values were invalid: Only one kind of change can be made to a table at a time",
    );
  }
  return changes;
}

/** Makes or drops an index. The answer shows the work as begun, as AWS's does; once its writes are committed it is done. */
export async function updateIndexes(
  store: Store,
  request: Checked,
  { Create, Delete }: Change,
): Promise<{ writes: Write[]; answer: Item }> {
  const table = await getTable(store, request.TableName);
  const current = table.GlobalSecondaryIndexes ?? [];
  if (Create) {
    const withTypes = { ...table, AttributeDefinitions: mergeDefinitions(table, request["AttributeDefinitions"]) };
    checkNewIndex(Create, withTypes);
    const index = describeIndex(Create, table);
    const description = withIndexes(withTypes, [...current, index]);
    const begun = { ...index, IndexStatus: "CREATING", Backfilling: false };
    return {
      writes: await reindexWrites(store, { description, dropped: [], added: [index] }),
      answer: answerOf(withIndexes(withTypes, [...current, begun])),
    };
  }
  const dropped = current.filter(({ IndexName }) => IndexName === Delete?.IndexName);
  if (dropped.length === 0) throw new AwsError("ResourceNotFoundException", "Requested resource not found");
  const kept = current.filter((index) => !dropped.includes(index));
  const shown = current.map((index) => (dropped.includes(index) ? { ...index, IndexStatus: "DELETING" } : index));
  return {
    writes: await reindexWrites(store, { description: withIndexes(table, kept), dropped, added: [] }),
    answer: answerOf(withIndexes(table, shown)),
  };
}

const answerOf = (table: TableDescription): Item => ({ TableDescription: { ...table, TableStatus: "UPDATING" } });

/** The table with these indexes, and with the attributes that are a key of something. */
function withIndexes(
  { GlobalSecondaryIndexes: _, ...table }: TableDescription,
  indexes: IndexDescription[],
): TableDescription {
  const keys = new Set(
    [table, ...(table.LocalSecondaryIndexes ?? []), ...indexes].flatMap(({ KeySchema }) =>
      KeySchema.map(({ AttributeName }) => AttributeName),
    ),
  );
  return {
    ...table,
    AttributeDefinitions: table.AttributeDefinitions.filter(({ AttributeName }) => keys.has(AttributeName)),
    ...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes }),
  };
}

function mergeDefinitions(table: TableDescription, given: unknown): TableDescription["AttributeDefinitions"] {
  const known = table.AttributeDefinitions;
  const added: TableDescription["AttributeDefinitions"] = Array.isArray(given) ? given : [];
  for (const { AttributeName, AttributeType } of added) {
    const before = known.find((definition) => definition.AttributeName === AttributeName);
    if (before && before.AttributeType !== AttributeType) {
      throw invalid(
        `One or more parameter values were invalid: The type of the attribute ${AttributeName} cannot be changed`,
      );
    }
  }
  return [...known, ...added.filter(({ AttributeName }) => known.every((one) => one.AttributeName !== AttributeName))];
}

function checkNewIndex(index: IndexDescription, table: TableDescription): void {
  const { IndexName, KeySchema, Projection, ProvisionedThroughput } = index;
  const refuse = (reason: string) => invalid(`One or more parameter values were invalid: ${reason}`);
  const current = table.GlobalSecondaryIndexes ?? [];
  if ([...current, ...(table.LocalSecondaryIndexes ?? [])].some((other) => other.IndexName === IndexName)) {
    throw invalid("Attempting to create an index which already exists");
  }
  if (current.length >= maximumIndexes) {
    throw limitExceeded(`Number of global secondary indexes exceeds per-table limit of ${maximumIndexes}`);
  }
  const keys = KeySchema.map(({ AttributeName }) => AttributeName);
  const defined = table.AttributeDefinitions.map(({ AttributeName }) => AttributeName);
  if (keys.some((key) => !defined.includes(key))) {
    throw refuse(
      "Some index key attributes are not defined in AttributeDefinitions. " +
        `Keys: [${keys.join(", ")}], AttributeDefinitions: [${defined.join(", ")}]`,
    );
  }
  if (keys[0] === keys[1])
    throw invalid("Both the Hash Key and the Range Key element in the KeySchema have the same name");
  const [first, second] = KeySchema;
  if (first?.KeyType !== "HASH") throw invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
  if (second && second.KeyType !== "RANGE") {
    throw invalid("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
  }
  const { ProjectionType, NonKeyAttributes } = Projection;
  if (!ProjectionType) throw refuse("Unknown ProjectionType: null");
  if (NonKeyAttributes && ProjectionType !== "INCLUDE") {
    throw refuse(`ProjectionType is ${ProjectionType}, but NonKeyAttributes is specified`);
  }
  const onDemand = table.BillingModeSummary?.BillingMode === "PAY_PER_REQUEST";
  if (onDemand && ProvisionedThroughput) {
    throw refuse(
      `ProvisionedThroughput should not be specified for index: ${IndexName} when BillingMode is PAY_PER_REQUEST`,
    );
  }
  if (!onDemand && !ProvisionedThroughput)
    throw refuse(`ProvisionedThroughput must be specified for index: ${IndexName}`);
}

const limitExceeded = (reason: string) =>
  new AwsError("LimitExceededException", `Subscriber limit exceeded: ${reason}`);
