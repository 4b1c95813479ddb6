import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { z } from "zod";
import { startLocalCloud } from "./boot/start-local-cloud.ts";
import { parseTopology } from "./topology.ts";

const usage = `Usage: local-cloud --topology <file> [options]

Boots an SST app's topology with its real handlers on this machine.

  --topology <file>      The app's topology (JSON)
  --root <folder>        The app's root, which handlers are relative to   (.)
  --port <port>          The gateway; also PORT                           (3000)
  --aws-port <port>      The AWS endpoint                                 (4566)
  --data <folder>        What outlives a restart                          (.local-cloud)
  --secret <Name=value>  The value of an SST secret; may be repeated
  --help

DATABASE_URL and REDIS_URL name a Postgres and a Redis to use instead of the embedded ones.`;

const portNumber = z.coerce.number().int().min(0).max(65_535);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      topology: { type: "string" },
      root: { type: "string", default: "." },
      port: { type: "string", default: process.env["PORT"] ?? "3000" },
      "aws-port": { type: "string", default: "4566" },
      data: { type: "string", default: ".local-cloud" },
      secret: { type: "string", multiple: true, default: [] },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  if (values.topology === undefined) throw new Error("--topology is missing; see --help.");
  const startedAt = performance.now();
  const cloud = await startLocalCloud({
    topology: parseTopology(await readJson(values.topology)),
    root: values.root,
    dataDir: values.data,
    port: readPort(values.port, "--port"),
    awsPort: readPort(values["aws-port"], "--aws-port"),
    databaseUrl: process.env["DATABASE_URL"],
    redisUrl: process.env["REDIS_URL"],
    secrets: Object.fromEntries(values.secret.map(readSecret)),
    onProgress: ({ step, durationMs }) => console.log(`${step.padEnd(12)} ${String(durationMs).padStart(6)} ms`),
    report: ({ level, message, error }) => {
      console.error(`${level} ${message}${error instanceof Error ? `: ${error.message}` : ""}`);
    },
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      console.log("stopping");
      // A second signal finds no listener and ends the process at once.
      cloud.stop().then(() => process.exit(0), fail);
    });
  }
  console.log(`ready in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  console.log(`gateway      ${cloud.url}`);
  console.log(`AWS endpoint ${cloud.endpointUrl}`);
  const { postgres, redis } = cloud.engines;
  if (postgres) console.log(`Postgres     ${postgres.version} at ${postgres.host}:${postgres.port}`);
  if (redis) console.log(`Redis        ${redis.version} at ${redis.host}:${redis.port}`);
}

async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new Error(`The topology ${file} cannot be read.`, { cause });
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`The topology ${file} is not JSON.`, { cause });
  }
}

function readPort(text: string, option: string): number {
  const port = portNumber.safeParse(text);
  if (port.success) return port.data;
  throw new Error(`${option} must be a port between 0 and 65535, and is "${text}".`);
}

function readSecret(pair: string): [name: string, value: string] {
  const at = pair.indexOf("=");
  if (at < 1) throw new Error("--secret must look like Name=value.");
  return [pair.slice(0, at), pair.slice(at + 1)];
}

function fail(error: unknown): void {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

main().catch(fail);
