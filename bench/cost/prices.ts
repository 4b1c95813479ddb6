export interface Price {
  /** US dollars for one `unit`. */
  usd: number;
  unit: string;
  /** What AWS gives every account each month, for ever, before it bills. */
  freePerMonth?: number;
  source: string;
  /** Which the source gives itself, else when it was read. */
  date: string;
}

const million = 1_000_000;

/** us-east-1, on demand. A price that changes is changed here, with its date. */
export const prices = {
  apiRequest: {
    usd: 1 / million,
    unit: "request to an HTTP API",
    source: "appropri8-astro.pages.dev, deploying a simple API on AWS",
    date: "2025-12-02",
  },
  lambdaRequest: {
    ...{ usd: 0.2 / million, unit: "invocation", freePerMonth: million },
    ...{ source: "git.mcrn.ar/mariano/lambda_local_runner, lambda-13-cost.md", date: "read 2026-11-22" },
  },
  lambdaGbSecond: {
    ...{ usd: 0.000_013_333_4, unit: "GB-second on arm64", freePerMonth: 400_000 },
    ...{ source: "git.mcrn.ar/mariano/lambda_local_runner, lambda-13-cost.md", date: "read 2026-11-22" },
  },
  event: {
    usd: 1 / million,
    unit: "custom event of 64 KB",
    source: "cloudburn.io, Amazon EventBridge pricing",
    date: "2026-03",
  },
  archivedGb: { usd: 0.1, unit: "GB archived", source: "cloudburn.io, Amazon EventBridge pricing", date: "2026-03" },
  archiveGbMonth: {
    usd: 0.023,
    unit: "GB-month of archive",
    source: "cloudburn.io, Amazon EventBridge pricing",
    date: "2026-03",
  },
  scheduledInvocation: {
    ...{ usd: 1 / million, unit: "scheduled invocation", freePerMonth: 14 * million },
    ...{
      source: "awsnegotiations.com/eventbridge-scheduler-cost (its free part; the price from memory)",
      date: "2026-05",
    },
  },
  sqsRequest: {
    ...{ usd: 0.4 / million, unit: "request to a standard queue", freePerMonth: million },
    ...{ source: "cloudburn.io/blog/amazon-sqs-pricing", date: "2026-03-14" },
  },
  writeUnit: {
    usd: 0.625 / million,
    unit: "write unit",
    source: "airbyte.com, Amazon DynamoDB pricing",
    date: "read 2026-11-22",
  },
  readUnit: {
    usd: 0.125 / million,
    unit: "read unit",
    source: "airbyte.com, Amazon DynamoDB pricing",
    date: "read 2026-11-22",
  },
  tableGbMonth: {
    ...{ usd: 0.25, unit: "GB-month of table", freePerMonth: 25 },
    ...{ source: "aws.amazon.com/dynamodb/pricing", date: "read 2026-11-22" },
  },
  tableBackupGbMonth: {
    usd: 0.2,
    unit: "GB-month of point-in-time recovery",
    source: "from memory: check before quoting",
    date: "2026-11-22",
  },
  s3Put: {
    usd: 0.005 / 1000,
    unit: "PUT, POST or LIST",
    source: "devnotes.tech, understanding AWS S3 pricing",
    date: "read 2026-11-22",
  },
  s3Get: {
    usd: 0.0004 / 1000,
    unit: "GET or HEAD",
    source: "devnotes.tech, understanding AWS S3 pricing",
    date: "read 2026-11-22",
  },
  s3GbMonth: {
    usd: 0.023,
    unit: "GB-month of media",
    source: "devnotes.tech, understanding AWS S3 pricing",
    date: "read 2026-11-22",
  },
  egressGb: {
    usd: 0.09,
    unit: "GB to the internet",
    freePerMonth: 100,
    source: "cloudpipelines.pages.dev, AWS NAT gateway pricing (its free part from memory)",
    date: "2026",
  },
  postgresMicroHour: {
    ...{ usd: 0.016, unit: "hour of db.t4g.micro" },
    ...{ source: "infratally.com/articles/aws-rds-pricing-explained-2026.html", date: "2026" },
  },
  postgresGbMonth: { usd: 0.115, unit: "GB-month of gp3", source: "usage.ai, RDS pricing calculator", date: "2026-06" },
  cacheGbHour: {
    ...{ usd: 0.084, unit: "GB-hour of Valkey Serverless, 0.1 GB at least" },
    ...{ source: "usage.ai and vantage.sh, ElastiCache Serverless", date: "read 2026-11-22" },
  },
  cacheUnit: {
    usd: 0.0023 / million,
    unit: "ECPU",
    source: "usage.ai and vantage.sh, ElastiCache Serverless",
    date: "read 2026-11-22",
  },
  secretMonth: {
    usd: 0.4,
    unit: "secret-month",
    source: "hivebook.wiki, AWS Secrets Manager",
    date: "read 2026-11-22",
  },
  logGb: {
    ...{ usd: 0.5, unit: "GB of logs", freePerMonth: 5 },
    ...{ source: "cloudburn.io/blog/amazon-cloudwatch-pricing", date: "2026-02" },
  },
  metricMonth: {
    ...{ usd: 0.3, unit: "custom metric-month", freePerMonth: 10 },
    ...{ source: "cloudburn.io/blog/amazon-cloudwatch-pricing", date: "2026-02" },
  },
  metricCall: {
    ...{ usd: 0.01 / 1000, unit: "PutMetricData", freePerMonth: million },
    ...{ source: "cloudburn.io/blog/amazon-cloudwatch-pricing", date: "2026-02" },
  },
  alarmMonth: {
    ...{ usd: 0.1, unit: "alarm-month", freePerMonth: 10 },
    ...{ source: "cloudburn.io/blog/amazon-cloudwatch-pricing", date: "2026-02" },
  },
  dashboardMonth: {
    ...{ usd: 3, unit: "dashboard-month", freePerMonth: 3 },
    ...{ source: "cloudburn.io/blog/amazon-cloudwatch-pricing", date: "2026-02" },
  },
  trace: {
    ...{ usd: 5 / million, unit: "trace recorded", freePerMonth: 100_000 },
    ...{ source: "aws.amazon.com/xray/pricing", date: "read 2026-11-22" },
  },
  natHour: {
    usd: 0.045,
    unit: "hour of NAT gateway",
    source: "cloudburn.io/blog/aws-nat-gateway-pricing",
    date: "2026-02-24",
  },
  endpointHour: {
    usd: 0.01,
    unit: "hour of an interface endpoint in a zone",
    source: "from memory: check before quoting",
    date: "2026-11-22",
  },
  addressHour: {
    usd: 0.005,
    unit: "hour of a public IPv4 address",
    source: "cloudburn.io/blog/aws-nat-gateway-pricing",
    date: "2026-02-24",
  },
} as const satisfies Record<string, Price>;

export type PriceName = keyof typeof prices;
