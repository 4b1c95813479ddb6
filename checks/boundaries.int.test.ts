import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";

/** Each boundary is proven by planting what it forbids into a small tree that is otherwise clean. */
const root = fileURLToPath(new URL("../", import.meta.url));
let tree: string;

beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), "vsl-planted-"));
  for (const config of [".dependency-cruiser.mjs", "biome.json", "tsconfig.base.json"])
    cpSync(join(root, config), join(tree, config));
  symlinkSync(join(root, "node_modules"), join(tree, "node_modules"));
  plant("packages/events/src/index.ts", "export const event = 1;\n");
  plant("services/intake/src/accept-job.ts", "export const acceptJob = () => 1;\n");
  plant("services/intake/src/adapters/dynamo-jobs.ts", 'export { DynamoDBClient } from "@aws-sdk/client-dynamodb";\n');
  plant("services/intake/src/on-http.ts", 'export { DynamoDBClient } from "./adapters/dynamo-jobs.ts";\n');
  plant("services/intake/src/on-cli.ts", 'export { DynamoDBClient } from "./adapters/dynamo-jobs.ts";\n');
  plant("cli/keys.ts", 'export { DynamoDBClient } from "../services/intake/src/on-cli.ts";\n');
  plant("services/storage/src/store-media.ts", "export const storeMedia = () => 1;\n");
});
afterEach(() => rmSync(tree, { recursive: true, force: true }));

function plant(file: string, text: string): void {
  mkdirSync(dirname(join(tree, file)), { recursive: true });
  writeFileSync(join(tree, file), text);
}

function run(bin: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "node_modules", bin), ...args], {
    cwd: tree,
    encoding: "utf8",
  });
  return { status, output: stdout + stderr };
}
const boundaries = () =>
  run(
    "dependency-cruiser/bin/dependency-cruiser.mjs",
    "packages",
    "services",
    "cli",
    "--config",
    ".dependency-cruiser.mjs",
  );
const lint = () => run("@biomejs/biome/bin/biome", "lint", "--vcs-enabled=false", "--error-on-warnings", "services");

test("a clean tree passes, and was really read", () => {
  const { status, output } = boundaries();
  expect(output).toMatch(/no dependency violations found \(\d+ modules/);
  expect(status).toBe(0);
  expect(lint().status).toBe(0);
});

test.each([
  [
    "services-do-not-import-each-other",
    "services/storage/src/store-media.ts",
    'export { acceptJob } from "../../intake/src/accept-job.ts";\n',
  ],
  [
    "clients-stay-in-adapters",
    "services/intake/src/accept-job.ts",
    'export { DynamoDBClient } from "@aws-sdk/client-dynamodb";\n',
  ],
  [
    "adapters-are-wired-in-composition-roots",
    "services/intake/src/accept-job.ts",
    'export { DynamoDBClient } from "./adapters/dynamo-jobs.ts";\n',
  ],
  [
    "packages-do-not-know-services",
    "packages/events/src/index.ts",
    'export { acceptJob } from "../../../services/intake/src/accept-job.ts";\n',
  ],
  ["the-cli-enters-by-the-door", "cli/keys.ts", 'export { acceptJob } from "../services/intake/src/accept-job.ts";\n'],
  [
    "contract-needs-only-zod",
    "packages/events/src/index.ts",
    'export { DynamoDBClient } from "@aws-sdk/client-dynamodb";\n',
  ],
  ["resolvable", "services/intake/src/accept-job.ts", 'export { nothing } from "./gone.ts";\n'],
])("%s fails the check", (rule, file, text) => {
  plant(file, text);
  const { status, output } = boundaries();
  expect(output).toContain(rule);
  expect(status).not.toBe(0);
});

test("a cycle fails the check", () => {
  plant("services/intake/src/one.ts", 'import { two } from "./two.ts";\nexport const one = () => two;\n');
  plant("services/intake/src/two.ts", 'import { one } from "./one.ts";\nexport const two = () => one;\n');
  expect(boundaries().output).toContain("no-cycle");
});

test("a promise that nobody awaits fails the check", () => {
  plant(
    "services/intake/src/accept-job.ts",
    "const save = async () => 1;\nexport const acceptJob = () => {\n  save();\n};\n",
  );
  const { status, output } = lint();
  expect(output).toContain("noFloatingPromises");
  expect(status).not.toBe(0);
});
