import { join } from "node:path";
import { build } from "esbuild";
import type { EvaluatedFunction, Graph } from "../synth/graph.ts";
import { lastPart } from "./rule.ts";

/** What a handler's code says when it makes use of a right. */
const uses: Record<string, RegExp> = {
  "cloudwatch:PutMetricData": /PutMetricDataCommand/,
  "dynamodb:GetItem": /\b(GetCommand|GetItemCommand|TransactGetCommand)\b/,
  "dynamodb:PutItem": /\b(PutCommand|PutItemCommand|TransactWriteCommand)\b/,
  "dynamodb:UpdateItem": /\b(UpdateCommand|UpdateItemCommand|TransactWriteCommand)\b/,
  "dynamodb:DeleteItem": /\b(DeleteCommand|DeleteItemCommand|TransactWriteCommand)\b/,
  "dynamodb:Query": /\b(QueryCommand|paginateQuery)\b/,
  "dynamodb:BatchGetItem": /\bBatchGetCommand\b/,
  "events:PutEvents": /PutEventsCommand/,
  "events:DescribeEventBus": /DescribeEventBusCommand/,
  "s3:GetObject": /\b(GetObjectCommand|HeadObjectCommand)\b/,
  "s3:PutObject": /\b(PutObjectCommand|UploadPartCommand)\b/,
  // Also what makes S3 say 404 instead of 403.
  "s3:ListBucket": /\b(ListObjectsV2Command|GetObjectCommand|HeadObjectCommand)\b/,
  "s3:AbortMultipartUpload": /AbortMultipartUploadCommand/,
  "sqs:SendMessage": /SendMessage(Batch)?Command/,
};

/** Of Lambda itself: its poller's, as SST grants them, and its tracer's. */
const ofLambda = (action: string, isSubscribed: boolean) =>
  action.startsWith("xray:") ||
  (isSubscribed && /^sqs:(ReceiveMessage|DeleteMessage|GetQueue\w+|ChangeMessageVisibility)$/.test(action));

/** Rights for calls that the handler's bundle, without what it imports and does not use, never makes. */
export async function unusedRights(graph: Graph, root: string): Promise<string[]> {
  const subscribed = new Set(graph.all("EventSourceMapping").map(({ inputs }) => lastPart(inputs["functionName"])));
  const breaches = await Promise.all(
    graph.functions().map(async (fn) => {
      const code = await codeOf(fn, root);
      return fn.statements
        .flatMap(({ actions }) => actions)
        .filter((action) => !ofLambda(action, subscribed.has(fn.name)) && !uses[action]?.test(code))
        .map((action) => `${fn.name} may ${action}, and never does`);
    }),
  );
  return breaches.flat();
}

async function codeOf({ handler }: EvaluatedFunction, root: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(root, handler.replace(/\.\w+$/, ".ts"))],
    bundle: true,
    write: false,
    platform: "node",
    format: "esm",
    target: "node24",
    // Left out, a package is told only by the names that are used of it.
    external: ["@aws-sdk/*", "@smithy/*", "@aws-lambda-powertools/*", "ioredis", "pg", "node-pg-migrate"],
    logLevel: "silent",
  });
  return outputFiles.map(({ text }) => text).join("\n");
}
