import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CloudWatchClient,
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
  GetMetricStatisticsCommand,
  type GetMetricStatisticsCommandInput,
  ListMetricsCommand,
  type MetricDatum,
  PutAnomalyDetectorCommand,
  PutMetricDataCommand,
} from "@aws-sdk/client-cloudwatch";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createEndpoint } from "../endpoint/endpoint.ts";
import { type Cloudwatch, createCloudwatch } from "./cloudwatch.ts";

const now = Date.UTC(2026, 0, 10, 12, 0, 30);
const noon = new Date(Date.UTC(2026, 0, 10, 12));
const minutes = (count: number) => new Date(noon.getTime() + count * 60_000);

let dataDir: string;
let service: Cloudwatch;
let client: CloudWatchClient;
let closeServer: () => Promise<unknown>;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "cloudwatch-"));
  service = createCloudwatch({ dataDir, now: () => now });
  const server = createEndpoint({
    services: [service],
    s3: async (_request, response) => void response.writeHead(501).end(),
    report: () => {},
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  client = new CloudWatchClient({
    endpoint: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  });
  closeServer = () => new Promise((closed) => server.close(closed));
});
afterAll(async () => {
  client.destroy();
  await closeServer();
  await service.close();
  await rm(dataDir, { recursive: true });
});

const put = (Namespace: string, ...MetricData: MetricDatum[]) =>
  client.send(new PutMetricDataCommand({ Namespace, MetricData }));
const statistics = async (Namespace: string, more: Partial<GetMetricStatisticsCommandInput> = {}) =>
  (
    await client.send(
      new GetMetricStatisticsCommand({
        Namespace,
        MetricName: "m",
        StartTime: minutes(-10),
        EndTime: minutes(10),
        Period: 60,
        Statistics: ["SampleCount", "Sum", "Average", "Minimum", "Maximum"],
        ...more,
      }),
    )
  ).Datapoints;
const data = (Namespace: string, more: Partial<GetMetricDataCommandInput> = {}) =>
  client.send(
    new GetMetricDataCommand({
      MetricDataQueries: [{ Id: "q", MetricStat: { Metric: { Namespace, MetricName: "m" }, Period: 60, Stat: "Sum" } }],
      StartTime: minutes(-10),
      EndTime: minutes(10),
      ...more,
    }),
  );

test("adds up values, value counts and statistic sets of a period", async () => {
  const at = { MetricName: "m", Timestamp: minutes(0), Unit: "Milliseconds" as const };
  await put("Sums", { ...at, Value: 10 }, { ...at, Values: [1, 2], Counts: [2, 1] });
  await put("Sums", { ...at, StatisticValues: { SampleCount: 2, Sum: 30, Minimum: 5, Maximum: 25 } });
  expect(await statistics("Sums")).toEqual([
    {
      Timestamp: noon,
      Unit: "Milliseconds",
      SampleCount: 6,
      Sum: 44,
      Average: 44 / 6,
      Minimum: 1,
      Maximum: 25,
    },
  ]);
});

test("tells percentiles where single values are known", async () => {
  const Values = Array.from({ length: 100 }, (_, index) => index + 1);
  await put("Percentiles", { MetricName: "m", Timestamp: minutes(0), Values });
  const asked = { Statistics: undefined, ExtendedStatistics: ["p50", "p95", "p99.5"] };
  expect(await statistics("Percentiles", asked)).toMatchObject([
    { ExtendedStatistics: { p50: 50, p95: 95, "p99.5": 100 } },
  ]);
  await put("Percentiles", {
    MetricName: "m",
    Timestamp: minutes(1),
    StatisticValues: { SampleCount: 2, Sum: 3, Minimum: 1, Maximum: 2 },
  });
  expect((await statistics("Percentiles", asked))?.[1]?.ExtendedStatistics).toEqual({});
});

test("keeps metrics of other dimensions apart, in whatever order they are given", async () => {
  const stage = { Name: "stage", Value: "prod" };
  const model = { Name: "model", Value: "flux" };
  await put("Dimensions", { MetricName: "m", Value: 1, Dimensions: [stage, model] }, { MetricName: "m", Value: 5 });
  expect(await statistics("Dimensions", { Dimensions: [model, stage] })).toMatchObject([{ Sum: 1 }]);
  expect(await statistics("Dimensions", { Dimensions: [stage] })).toEqual([]);
  expect(await statistics("Dimensions")).toMatchObject([{ Sum: 5 }]);
});

test("answers metric data latest first, or earliest first, page by page", async () => {
  for (const minute of [0, 1, 2]) await put("Data", { MetricName: "m", Timestamp: minutes(minute), Value: minute });
  expect((await data("Data")).MetricDataResults).toMatchObject([
    { Id: "q", Label: "m", StatusCode: "Complete", Timestamps: [minutes(2), minutes(1), noon], Values: [2, 1, 0] },
  ]);
  const ascending = { ScanBy: "TimestampAscending", MaxDatapoints: 2 } as const;
  const first = await data("Data", ascending);
  expect(first.MetricDataResults).toMatchObject([{ Values: [0, 1], StatusCode: "PartialData" }]);
  const second = await data("Data", { ...ascending, NextToken: first.NextToken });
  expect(second.MetricDataResults).toMatchObject([{ Values: [2], StatusCode: "Complete" }]);
  expect(second.NextToken).toBeUndefined();
});

test("reads one unit of a metric that has several, and says so", async () => {
  const at = { MetricName: "m", Timestamp: minutes(0) };
  await put("Units", { ...at, Value: 1, Unit: "Seconds" }, { ...at, Value: 60_000, Unit: "Milliseconds" });
  expect((await data("Units")).MetricDataResults).toMatchObject([
    {
      Values: [60_000],
      Messages: [{ Code: "MultipleUnits", Value: "Multiple units returned: '[Milliseconds, Seconds]'" }],
    },
  ]);
});

test("labels queries by what tells them apart", async () => {
  const labels = async (...stats: [Stat: string, Period: number][]) => {
    const MetricDataQueries = stats.map(([Stat, Period], index) => ({
      Id: `q${index}`,
      MetricStat: { Metric: { Namespace: "Labels", MetricName: "m" }, Stat, Period },
    }));
    return (await data("Labels", { MetricDataQueries })).MetricDataResults?.map(({ Label }) => Label);
  };
  expect(await labels(["Sum", 60], ["Minimum", 30])).toEqual(["m Sum 60", "m Minimum 30"]);
  expect(await labels(["Sum", 60], ["Minimum", 60])).toEqual(["m Sum", "m Minimum"]);
  expect(await labels(["Sum", 60], ["Sum", 30])).toEqual(["m 60", "m 30"]);
  expect(await labels(["Sum", 60], ["Sum", 60])).toEqual(["m", "m"]);
});

test("lists metrics by name and dimension, 500 to a page", async () => {
  const MetricData = Array.from({ length: 501 }, (_, index) => ({
    MetricName: "many",
    Value: 1,
    Dimensions: [{ Name: "index", Value: String(index) }],
  }));
  await put("Lists", ...MetricData);
  const list = async (more: object) =>
    client.send(new ListMetricsCommand({ Namespace: "Lists", MetricName: "many", ...more }));
  const first = await list({});
  expect(first.Metrics).toHaveLength(500);
  expect((await list({ NextToken: first.NextToken })).Metrics).toHaveLength(1);
  expect((await list({ Dimensions: [{ Name: "index", Value: "7" }] })).Metrics).toEqual([
    { Namespace: "Lists", MetricName: "many", Dimensions: [{ Name: "index", Value: "7" }] },
  ]);
});

test("reads a big request, which the client compresses", async () => {
  const MetricData = Array.from({ length: 900 }, () => ({ MetricName: "m", Value: 1, Unit: "Count" as const }));
  await put("Gzip", ...MetricData);
  expect(await statistics("Gzip")).toMatchObject([{ SampleCount: 900 }]);
});

test("writes nothing of a request in which one datum is wrong", async () => {
  await expect(put("Atomic", { MetricName: "m", Value: 1 }, { MetricName: "m" })).rejects.toMatchObject({
    name: "MissingRequiredParameterException",
  });
  expect(await statistics("Atomic")).toEqual([]);
});

test("refuses data as AWS does", async () => {
  const refused = (datum: MetricDatum) => expect(put("Refused", datum)).rejects;
  await refused({ MetricName: "m", Value: Number.NaN }).toMatchObject({
    name: "InvalidParameterValueException",
    Error: { Code: "InvalidParameterValue", Type: "Sender" },
  });
  await refused({ MetricName: "m", Value: 1, Values: [1] }).toThrow(
    "The parameters MetricData.member.1.Value and MetricData.member.1.Values are mutually exclusive and you have specified both.",
  );
  await refused({ MetricName: "m", Values: [1], Counts: [1, 2] }).toThrow("must be of the same size");
  await refused({ MetricName: "m", Value: 1, Timestamp: new Date(now - 15 * 86_400_000) }).toThrow("two weeks");
  await refused({ MetricName: "m", Value: 1, Dimensions: [{ Name: "a", Value: "" }] }).toThrow(
    "The parameter MetricData.member.1.Dimensions.member.1.Value is required.",
  );
  await expect(put("AWS/Lambda", { MetricName: "m", Value: 1 })).rejects.toThrow("Namespace is invalid");
});

test("refuses questions as AWS does", async () => {
  await expect(statistics("x", { Period: 45 })).rejects.toThrow("multiple of 60");
  await expect(statistics("x", { EndTime: minutes(-20) })).rejects.toThrow(
    "The parameter StartTime must be less than the parameter EndTime.",
  );
  await expect(statistics("x", { StartTime: minutes(-2000) })).rejects.toThrow("exceeds the limit of 1440");
  await expect(data("x", { MetricDataQueries: [{ Id: "q", Expression: "a + b" }] })).rejects.toMatchObject({
    name: "ValidationException",
  });
  const unknown = new PutAnomalyDetectorCommand({ Namespace: "x", MetricName: "m", Stat: "Sum" });
  await expect(client.send(unknown)).rejects.toMatchObject({ name: "UnknownOperationException" });
});

test("keeps metrics across a restart", async () => {
  const own = { dataDir: join(dataDir, "restart"), now: () => now };
  const before = createCloudwatch(own);
  await before.call("PutMetricData", { Namespace: "Restart", MetricData: [{ MetricName: "m", Value: 3 }] });
  await before.close();
  const after = createCloudwatch(own);
  const question = {
    Namespace: "Restart",
    MetricName: "m",
    StartTime: now / 1000 - 600,
    EndTime: now / 1000,
    Period: 60,
    Statistics: ["Sum"],
  };
  expect(await after.call("GetMetricStatistics", question)).toMatchObject({ Datapoints: [{ Sum: 3 }] });
  await after.close();
});
