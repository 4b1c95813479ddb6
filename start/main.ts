/** `npm start`: VSL on one machine. The services' handlers cannot tell it from AWS; only this file knows both. */
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { startLocalCloud } from "@vsl/local-cloud";
import { parseTopology } from "@vsl/local-cloud/topology";
import { startReplicateDouble } from "@vsl/replicate-double";
import { checkReplicate, replicateUrlIn } from "./check-replicate.ts";
import { claimDataDir, emptyDataDir, keepToUpstream } from "./data-dir.ts";
import { readOptions, type StartOptions, usage } from "./options.ts";
import { screen } from "./screen.ts";
import { keepSecrets } from "./secrets.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

try {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options.help) process.stdout.write(usage);
  else await start(options);
} catch (error) {
  console.error(`\nVSL did not start: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

async function start(options: StartOptions): Promise<void> {
  const startedAt = performance.now();
  const dataDir = resolve(root, options.dataDir);

  await using stack = new AsyncDisposableStack();
  const claim = claimDataDir(dataDir);
  stack.defer(claim.release);
  if (options.fresh) emptyDataDir(dataDir);
  keepToUpstream(dataDir, options.replicateToken ? "the real Replicate" : "the stand-in");
  mkdirSync(join(dataDir, "logs"), { recursive: true });
  const secrets = keepSecrets(join(dataDir, "secrets.json"));
  const webhookSecret = options.replicateWebhookSecret ?? secrets.webhookSecret;
  const double = options.replicateToken ? null : await startDouble({ ...options, dataDir, webhookSecret });
  if (double) stack.defer(() => double.close());

  const topology = parseTopology(JSON.parse(readFileSync(join(root, "infra", "topology.json"), "utf8")));
  const cloud = await startLocalCloud({
    topology,
    root,
    dataDir,
    port: options.port,
    awsPort: options.awsPort,
    portRemedies: { port: "PORT", awsPort: "VSL_AWS_PORT" },
    databaseUrl: options.databaseUrl,
    redisUrl: options.redisUrl,
    secrets: {
      ReplicateApiToken: options.replicateToken ?? double?.token ?? "",
      ReplicateWebhookSecret: webhookSecret,
      MediaLinkSecret: secrets.mediaLinkSecret,
    },
    linkOverrides: {
      Access: { mode: options.requireKeys ? "keys" : "open" },
      ...(double ? { Replicate: { baseUrl: `${double.url}/v1`, outputHosts: new URL(double.url).host } } : {}),
    },
    onProgress: ({ step, durationMs }) => console.log(`  ✓ ${step} ${durationMs} ms`),
    report: (line) => reportTo(join(dataDir, "logs", "local-cloud.log"), line),
  });
  stack.defer(() => cloud.stop());

  const running = stack.move();
  stopOnSignals(() => running.disposeAsync());
  const { postgres, redis } = cloud.engines;
  const shownDataDir = relative(process.cwd(), dataDir) || ".";
  // Where `npm run vsl` finds it.
  writeFileSync(join(dataDir, "aws-endpoint-url"), `${cloud.endpointUrl}\n`);
  writeFileSync(join(dataDir, "api-url"), `${cloud.url}\n`);
  if (postgres) writeFileSync(join(dataDir, "database-url"), `${postgres.url}\n`, { mode: 0o600 });
  console.log(
    screen({
      url: cloud.url,
      endpointUrl: cloud.endpointUrl,
      replicateDouble: double?.url ?? null,
      requireKeys: options.requireKeys,
      postgres: `${options.databaseUrl ? "DATABASE_URL" : "embedded"} ${postgres?.version}   psql "$(cat ${join(shownDataDir, "database-url")})"`,
      redis: options.redisUrl ? `REDIS_URL ${redis?.version}` : `${redis?.version}`,
      dataDir: shownDataDir,
      seconds: (performance.now() - startedAt) / 1000,
    }),
  );
  if (!options.replicateToken) return;
  const warning = await checkReplicate({ baseUrl: replicateUrlIn(topology), token: options.replicateToken });
  if (warning) console.error(`  ! ${warning}\n`);
}

async function startDouble({
  replicatePort: port,
  timeScale,
  dataDir,
  webhookSecret,
}: StartOptions & { webhookSecret: string }) {
  try {
    return await startReplicateDouble({ port, dataDir: join(dataDir, "replicate"), timeScale, webhookSecret });
  } catch (cause) {
    const isTaken = cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE";
    if (!isTaken) throw cause;
    const taken = `Port ${port}, wanted for the stand-in for Replicate, is taken by another program`;
    throw new Error(`${taken}: free it, or choose another with VSL_REPLICATE_PORT.`, { cause });
  }
}

/** The first Ctrl-C stops in order and leaves no process; a second one does not wait. */
function stopOnSignals(stop: () => Promise<void>): void {
  let stopping = false;
  const onSignal = () => {
    if (stopping) process.exit(1);
    stopping = true;
    console.log("\n  stopping…");
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(`  not everything stopped: ${error instanceof Error ? error.message : String(error)}`);
        process.exit(1);
      },
    );
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
}

function reportTo(
  file: string,
  { level, message, error }: { level: "WARN" | "ERROR"; message: string; error?: unknown },
): void {
  const line = {
    time: new Date().toISOString(),
    level,
    message,
    ...(error instanceof Error ? { error: error.stack } : {}),
  };
  appendFileSync(file, `${JSON.stringify(line)}\n`);
  if (level === "ERROR") console.error(`  ${message} (see ${relative(process.cwd(), file)})`);
}
