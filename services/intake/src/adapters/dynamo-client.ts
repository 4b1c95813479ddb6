import { DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { Unavailable } from "../unavailable.ts";

/** A table that hangs must cost a caller seconds, not the function's timeout. */
export const createDocumentClient = (connection: DynamoDBClientConfig = {}) =>
  DynamoDBDocumentClient.from(
    new DynamoDBClient({
      ...connection,
      maxAttempts: 3,
      requestHandler: { connectionTimeout: 1000, requestTimeout: 2000, throwOnRequestTimeout: true },
    }),
    { marshallOptions: { removeUndefinedValues: true } },
  );

/**
 * Whatever the table refuses or leaves unanswered is temporary; conditions that failed are caught before this. A request that
 * DynamoDB cannot understand is our bug, and no repetition mends it.
 */
export function tableUnavailable(cause: unknown): never {
  if (cause instanceof Error && cause.name === "ValidationException") throw cause;
  throw new Unavailable("the table realtime-jobs does not answer", { cause });
}
