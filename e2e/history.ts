import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { CloudWatchClient, GetMetricStatisticsCommand, ListMetricsCommand } from "@aws-sdk/client-cloudwatch";
import { DeleteItemCommand, DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { DescribeArchiveCommand, EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { createApi } from "./api.ts";
import { clientOptions } from "./aws.ts";
import { createLedger } from "./ledger.ts";
import type { Addresses } from "./system.ts";
import { createUpstream } from "./upstream.ts";

const ledgerTables = ["events", "jobs", "media_outputs", "model_configurations", "usage_tracking", "entries"];
const TableName = "vsl-local-realtime-jobs";

/** What the stores hold and what the world outside has seen, to be compared before and after. */
export function createHistory(system: Addresses) {
  const options = clientOptions(system.awsUrl);
  const dynamo = new DynamoDBClient(options);
  const events = new EventBridgeClient(options);
  const metrics = new CloudWatchClient(options);
  const s3 = new S3Client({ ...options, forcePathStyle: true });
  const ledger = createLedger(system.databaseUrl);
  const upstream = createUpstream(system.replicateUrl);
  const api = createApi(system.url);

  const scanJobs = async () => {
    const { Items = [] } = await dynamo.send(new ScanCommand({ TableName, ConsistentRead: true }));
    return Items.filter(({ pk }) => pk?.S?.startsWith("JOBS#"));
  };

  return {
    /** Every row of every table, as text. */
    async dumpLedger(): Promise<string[]> {
      const rows = ledgerTables.map((table) =>
        ledger.query(`SELECT '${table} ' || t::text AS row FROM ${table} t ORDER BY 1`),
      );
      return (await Promise.all(rows)).flat().map(({ row }) => String(row));
    },
    dropLedger: () => ledger.query(`TRUNCATE ${ledgerTables.join(", ")}`),

    /** The jobs' rows. A wish to cancel is no fact of theirs: it was said to the bridge. */
    async dumpJobs(): Promise<string[]> {
      const rows = (await scanJobs()).map(({ cancelRequestedAt: _, ...facts }) =>
        JSON.stringify(Object.entries(facts).toSorted(([a], [b]) => (a < b ? -1 : 1))),
      );
      return rows.toSorted();
    },
    async dropJobs(): Promise<void> {
      for (const { pk, sk } of await scanJobs()) {
        if (pk && sk) await dynamo.send(new DeleteItemCommand({ TableName, Key: { pk, sk } }));
      }
      await forgetCache(system);
    },

    /** What callers read; links are made when they are read, so only what they lead to is compared. */
    readStatuses: (jobIds: readonly string[]) =>
      Promise.all(
        jobIds.map(async (jobId) => JSON.parse(JSON.stringify(await api.readStatus(jobId), withoutSignature))),
      ),

    async outside() {
      const { EventCount: archived } = await events.send(
        new DescribeArchiveCommand({ ArchiveName: "vsl-local-archive" }),
      );
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: "vsl-local-media" }));
      return {
        bill: (await upstream.readBill()).totalMicros,
        creates: await upstream.countCreates(),
        archived,
        stored: Contents.filter(({ Key = "" }) => Key.includes("/original")).map(
          ({ Key, LastModified }) => `${Key} ${LastModified?.toISOString()}`,
        ),
        counted: await countMetrics(metrics),
      };
    },

    async close(): Promise<void> {
      for (const client of [dynamo, events, metrics, s3]) client.destroy();
      await ledger.close();
    },
  };
}

const withoutSignature = (_: string, value: unknown) =>
  typeof value === "string" && value.startsWith("http") ? value.split("?")[0] : value;

/** How many values each metric of the jobs has. */
async function countMetrics(client: CloudWatchClient): Promise<Record<string, number>> {
  const Namespace = "VSL/MediaGeneration";
  const { Metrics = [] } = await client.send(new ListMetricsCommand({ Namespace }));
  const counted = await Promise.all(
    Metrics.filter(({ MetricName = "" }) => /^(Jobs|ProcessingTime)/.test(MetricName)).map(async (metric) => {
      const { Datapoints = [] } = await client.send(
        new GetMetricStatisticsCommand({
          ...{ Namespace, MetricName: metric.MetricName, Dimensions: metric.Dimensions },
          StartTime: new Date(Date.now() - 3_600_000),
          EndTime: new Date(Date.now() + 60_000),
          ...{ Period: 3600, Statistics: ["SampleCount"] },
        }),
      );
      const name = [metric.MetricName, ...(metric.Dimensions ?? []).map(({ Value }) => Value)].join(" ");
      return [name, Datapoints.reduce((sum, { SampleCount = 0 }) => sum + SampleCount, 0)] as const;
    }),
  );
  return Object.fromEntries(counted.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Redis would answer for the table for a while. */
async function forgetCache({ dataDir }: Addresses): Promise<void> {
  const given = process.env["VSL_TEST_REDIS_URL"];
  const port = given ? Number(new URL(given).port) : Number(await readFile(join(dataDir, "redis.port"), "utf8"));
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect(port, "127.0.0.1", () => socket.write("FLUSHALL\r\n"));
  socket.on("error", reject).on("data", () => {
    socket.destroy();
    resolve();
  });
  await promise;
}
