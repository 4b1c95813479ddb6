import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { z } from "zod";
import { type FaultRule, faultRules } from "./faults/fault.ts";
import { startReplicateDouble } from "./start-double.ts";

const usage = `replicate-double: a stand-in for Replicate on this machine

  --port 4000               where it listens on 127.0.0.1; 0 takes any free port
  --public-url <url>        what links begin with, behind a proxy or TLS
  --data <directory>        keep predictions, outputs and bill over a restart; otherwise in memory
  --time-scale 0.05         seconds here per second of a model; 1 is realistic
  --token <token>           what callers must send (default: printed at the start)
  --webhook-secret <whsec_> what webhooks are signed with (default: printed at the start)
  --rate-limits header      header | body | off: how a 429 tells the time to wait, or none at all
  --low-credit              6 creates a minute, as with less than $5
  --fault <json>            plants a fault, as POST /_faults does; may be given again
  --faults <file>           plants the list of faults in a JSON file
  --help
`;

const flags = {
  port: { type: "string" },
  "public-url": { type: "string" },
  data: { type: "string" },
  "time-scale": { type: "string" },
  token: { type: "string" },
  "webhook-secret": { type: "string" },
  "rate-limits": { type: "string" },
  "low-credit": { type: "boolean" },
  fault: { type: "string", multiple: true },
  faults: { type: "string" },
  help: { type: "boolean" },
} as const;

const flagValues = z
  .object({
    port: z.coerce.number().optional(),
    "public-url": z.string().optional(),
    data: z.string().optional(),
    "time-scale": z.coerce.number().optional(),
    token: z.string().optional(),
    "webhook-secret": z.string().optional(),
    "rate-limits": z.enum(["header", "body", "off"]).optional(),
    "low-credit": z.boolean().optional(),
    fault: z.array(z.string()).default([]),
    faults: z.string().optional(),
    help: z.boolean().optional(),
  })
  .transform(({ data, help, ...rest }) => ({
    help: help ?? false,
    options: {
      port: rest.port,
      publicUrl: rest["public-url"],
      dataDir: data,
      timeScale: rest["time-scale"],
      token: rest.token,
      webhookSecret: rest["webhook-secret"],
      rateLimits: rest["rate-limits"],
      lowCredit: rest["low-credit"],
      faults: [...(rest.faults === undefined ? [] : readFaults(rest.faults)), ...rest.fault.flatMap(parseFaults)],
    },
  }));

try {
  const { help, options } = flagValues.parse(parseArgs({ options: flags }).values);
  if (help) console.log(usage);
  else await run(options);
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
}

/** One fault or a list, in JSON. */
function parseFaults(json: string): FaultRule[] {
  return faultRules.parse(JSON.parse(json));
}

function readFaults(file: string): FaultRule[] {
  return parseFaults(readFileSync(file, "utf8"));
}

async function run(options: z.output<typeof flagValues>["options"]) {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const double = await startReplicateDouble(given);
  const stop = () => void double.close();
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  console.log(
    [
      `replicate-double listens at ${double.url}`,
      `  baseUrl         ${double.url}/v1`,
      `  token           ${double.token}`,
      `  webhook secret  ${double.webhookSecret}`,
      `  to watch        ${double.url}/_log  ${double.url}/_bill`,
    ].join("\n"),
  );
}

function explain(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error);
  if (!(error instanceof Error)) return String(error);
  const isPortTaken = "code" in error && error.code === "EADDRINUSE";
  return isPortTaken ? `${error.message}: choose another port with --port` : `${error.message}\n\n${usage}`;
}
