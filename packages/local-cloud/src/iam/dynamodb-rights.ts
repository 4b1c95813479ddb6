import { type Input, listOf, objectOf, type Place, type Right, textOf } from "./right.ts";

/** What each call of DynamoDB needs, as the Service Authorization Reference has it. */
export function dynamodbRights(operation: string, input: Input, place: Place): Right[] {
  const prefix = `arn:aws:dynamodb:${place.region}:${place.account}:table/`;
  const tableArn = (table: unknown) => (textOf(table).startsWith("arn:") ? textOf(table) : prefix + textOf(table));
  const right = (name: string, resource: string): Right => ({ action: `dynamodb:${name}`, resource });

  switch (operation) {
    case "ListTables":
      return [right(operation, `${prefix}*`)];
    case "BatchGetItem":
    case "BatchWriteItem":
      return Object.keys(objectOf(input["RequestItems"])).map((table) => right(operation, tableArn(table)));
    case "TransactWriteItems":
    case "TransactGetItems":
      return listOf(input["TransactItems"]).flatMap((item) =>
        Object.entries(item).map(([kind, part]) =>
          right(actionInTransaction.get(kind) ?? operation, tableArn(objectOf(part)["TableName"])),
        ),
      );
    case "TagResource":
    case "UntagResource":
    case "ListTagsOfResource":
      return [right(operation, textOf(input["ResourceArn"]))];
    case "Query":
    case "Scan": {
      const index = textOf(input["IndexName"]);
      return [right(operation, tableArn(input["TableName"]) + (index === "" ? "" : `/index/${index}`))];
    }
    default:
      return [right(operation, tableArn(input["TableName"]))];
  }
}

/** A transaction is no action of its own: each of its parts needs what it would need alone. */
const actionInTransaction = new Map([
  ["Put", "PutItem"],
  ["Update", "UpdateItem"],
  ["Delete", "DeleteItem"],
  ["ConditionCheck", "ConditionCheckItem"],
  ["Get", "GetItem"],
]);
