import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createConsumer } from "../../infra/consumer";
import { physicalName } from "../../infra/names";
import { allow } from "../../infra/permissions";
import type { Platform } from "../../infra/platform";
import { watched, watchService } from "../../infra/watch-service";
import { hears } from "./src/hears";

const migrations = "services/ledger/migrations";

export default function ledger(platform: Platform): void {
  const migrate = new sst.aws.Function("LedgerMigrate", {
    name: physicalName("ledger-migrate"),
    handler: "services/ledger/src/on-deploy.handler",
    timeout: "5 minutes",
    vpc: platform.network,
    link: [platform.database.link],
    copyFiles: [{ from: migrations, to: "migrations" }],
  });
  const schema = fingerprint(migrations);
  // In `sst dev`, whoever starts the local database migrates it.
  const migrated = $dev
    ? undefined
    : new aws.lambda.Invocation("LedgerMigrations", {
        functionName: migrate.name,
        input: "{}",
        triggers: { migrations: schema },
      });

  const consumer = createConsumer(platform, {
    name: "Ledger",
    service: "ledger",
    rules: { Hears: { hears, replays: "too" } },
    timeoutSeconds: 20,
    batchSize: 10,
    maximumConcurrency: 5,
    maxReceiveCount: 30,
  });
  const events = consumer.subscribe({
    name: physicalName("ledger-events"),
    handler: "services/ledger/src/on-events.handler",
    vpc: platform.network,
    // Waits for the schema that it writes to.
    environment: { VSL_SCHEMA: migrated?.triggers.apply((triggers) => triggers?.["migrations"] ?? "") ?? schema },
    link: [platform.bus.link, platform.database.link, ...consumer.links],
    permissions: [allow(["events:PutEvents", "events:DescribeEventBus"], platform.bus.arn), ...consumer.permissions],
  });

  // What a replay would change, for whoever is about to start one.
  const preview = new sst.aws.Function("LedgerPreview", {
    name: physicalName("ledger-preview"),
    handler: "services/ledger/src/on-preview.handler",
    timeout: "20 seconds",
    vpc: platform.network,
    link: [platform.database.link],
  });

  watchService(platform, {
    service: "ledger",
    functions: [
      watched("ledger-events", events.nodes.function),
      watched("ledger-migrate", migrate),
      watched("ledger-preview", preview),
    ],
    consumer,
    // A charge that is not there yet is a price that a caller does not see yet.
    lagSeconds: 300,
    lines: [],
    widgets: [
      ...(["CPUUtilization", "FreeStorageSpace", "DatabaseConnections"] as const).map((metric) => ({
        title: `Postgres: ${metric}`,
        series: [["AWS/RDS", metric, "DBInstanceIdentifier", physicalName("database")]],
        stat: "Maximum" as const,
      })),
    ],
  });
}

/** Changes when a migration is added, so that a deploy runs them once more. */
function fingerprint(folder: string): string {
  const hash = createHash("sha256");
  const root = join($cli.paths.root, folder);
  for (const file of readdirSync(root).sort()) hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest("hex").slice(0, 16);
}
