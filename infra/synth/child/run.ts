/**
 * Evaluates an SST app without AWS: what SST's CLI does around `run()`, with Pulumi's mocks in the engine's place. Runs as a child
 * process, since Pulumi keeps its state in globals. The end of the evaluation is `beforeExit`: nothing is left to do, so resources
 * made in an `apply` that nobody awaits are all there.
 */
import crypto from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { EvaluatedResource, Evaluation } from "../graph.ts";
import { type BuildRequest, buildFunction } from "./build-function.ts";
import { bundleConfig } from "./bundle.ts";
import { mockCall } from "./mock-calls.ts";
import { mockResource } from "./mock-resources.ts";
import { region } from "./place.ts";
import { plain } from "./plain.ts";
import { recordResources } from "./record-resources.ts";
import { bootstrapAnswers, startRpcServer } from "./rpc-server.ts";

export interface ChildInput {
  root: string;
  platformRoot: string;
  stage: string;
  dev: boolean;
  reallyBuild: boolean;
  work: string;
  out: string;
}

const input: ChildInput = JSON.parse(process.env["VSL_SYNTH"] ?? "{}");
const config = join(input.root, "sst.config.ts");
const platform = join(input.platformRoot, ".sst", "platform");
const fromPlatform = createRequire(join(platform, "package.json"));

const errors: string[] = [];
const resources: EvaluatedResource[] = [];
const builds: Evaluation["builds"] = [];
const bundles: string[] = [];
let app: Evaluation["app"] = { name: "", stage: input.stage };
let settled = false;

process.on("uncaughtException", (error) => errors.push(describe(error)));
process.on("unhandledRejection", (error) => errors.push(describe(error)));
process.on("beforeExit", finish);

// Physical names end in a random suffix; the same config must give the same graph.
crypto.randomBytes = ((size: number, done?: (error: null, bytes: Buffer) => void) => {
  const bytes = Buffer.alloc(size, 7);
  return done ? done(null, bytes) : bytes;
}) as typeof crypto.randomBytes;

Object.assign(process.env, {
  SST_AWS_REGION: region,
  SST_AWS_ACCESS_KEY_ID: "test",
  SST_AWS_SECRET_ACCESS_KEY: "test",
  AWS_EC2_METADATA_DISABLED: "true",
  SST_SERVER: await startRpcServer({
    ...bootstrapAnswers,
    "Runtime.AddTarget": () => ({}),
    "Runtime.Build": async (request: BuildRequest) => {
      const built = await buildFunction(request, { root: input.root, work: input.work, really: input.reallyBuild });
      const { functionID, handler, links } = request;
      builds.push({
        functionID,
        source: handler,
        links: Object.keys(links),
        ...(built.bytes ? { bytes: built.bytes } : {}),
      });
      return built;
    },
  }),
});

try {
  app = await readApp();
  const run = await bundleRun();
  await useMocks();
  const { default: evaluate } = await import(pathToFileURL(run).href);
  const pulumi = fromPlatform("@pulumi/pulumi");
  await pulumi.runtime.runInPulumiStack(() => evaluate());
  await pulumi.runtime.disconnect();
  settled = true;
} catch (error) {
  errors.push(describe(error));
}

async function readApp(): Promise<Evaluation["app"]> {
  const outfile = bundlePath("app");
  await bundleConfig({
    root: input.root,
    platform,
    outfile,
    code: `export { default } from ${JSON.stringify(config)};`,
    prologue: "function $config(input) { return input }",
    define: { $input: JSON.stringify({ stage: input.stage }) },
  });
  const { default: definition } = await import(pathToFileURL(outfile).href);
  return { removal: "retain", ...(await definition.app({ stage: input.stage })), stage: input.stage };
}

async function bundleRun(): Promise<string> {
  const outfile = bundlePath("run");
  const lockFile = join(input.platformRoot, ".sst", "provider-lock.json");
  const providers: { alias: string; package: string }[] = existsSync(lockFile)
    ? JSON.parse(readFileSync(lockFile, "utf8"))
    : [];
  const cli = {
    command: "deploy",
    dev: input.dev,
    rpc: process.env["SST_SERVER"],
    home: input.work,
    paths: { home: input.work, root: input.root, work: input.work, platform },
    state: { version: {} },
  };
  await bundleConfig({
    root: input.root,
    platform,
    outfile,
    code: `
      import { run } from ${JSON.stringify(join(platform, "src/auto/run.ts"))};
      import config from ${JSON.stringify(config)};
      export default () => run(config.run);`,
    globals: [
      ...providers.map(({ alias, package: name }) => `import * as ${alias} from "${name}";`),
      `import * as sst from "${join(platform, "src/components")}";`,
    ].join("\n"),
    inject: [join(platform, "src/shim/run.js")],
    define: { $app: JSON.stringify(app), $cli: JSON.stringify(cli), $dev: String(input.dev) },
  });
  return outfile;
}

async function useMocks(): Promise<void> {
  const pulumi = fromPlatform("@pulumi/pulumi");
  await pulumi.runtime.setMocks(
    {
      newResource: async (args: Parameters<typeof mockResource>[0]) => mockResource(args),
      call: async ({ token, inputs }: { token: string; inputs: Record<string, unknown> }) => mockCall(token, inputs),
    },
    app.name,
    input.stage,
    false,
  );
  const { deserializeProperties } = fromPlatform("@pulumi/pulumi/runtime/rpc");
  const { getMonitor } = fromPlatform("@pulumi/pulumi/runtime/settings");
  recordResources(getMonitor(), deserializeProperties, resources);
}

function bundlePath(name: string): string {
  const outfile = join(platform, `synth.${process.pid}.${name}.mjs`);
  bundles.push(outfile);
  return outfile;
}

function describe(error: unknown): string {
  const failure = error as { errors?: { text: string; location?: { file: string; line: number } }[]; stack?: string };
  const fromEsbuild = failure?.errors?.map(({ text, location }) => `${location?.file}:${location?.line}: ${text}`);
  // The first lines name the cause; below them Pulumi's own frames repeat by the hundred.
  return fromEsbuild?.join("\n") ?? failure?.stack?.split("\n").slice(0, 6).join("\n") ?? String(error);
}

function finish(): void {
  if (!settled && errors.length === 0) errors.push("run() never settled");
  for (const file of bundles) rmSync(file, { force: true });
  const evaluation: Evaluation = { app: plain(app) as Evaluation["app"], resources, builds, errors };
  writeFileSync(input.out, JSON.stringify(evaluation));
  process.exit(errors.length > 0 ? 1 : 0);
}
