import { parseArgs } from "node:util";
import { Rejected } from "@vsl/events";
import { openApiKeys } from "../../services/intake/src/on-cli.ts";
import { type Command, Misuse } from "../command.ts";
import { findStage, notRunning, physicalName, type Stage } from "../stage.ts";

const usage = `Usage: npm run vsl -- keys create --account <account> --name <name>
       npm run vsl -- keys list --account <account>
       npm run vsl -- keys revoke <id>

  --stage <stage>   a stage on AWS, with your own AWS credentials; without it, what npm start runs here

A key is shown once, when it is created. Callers send it as "Authorization: Bearer <key>".`;

type ApiKeys = ReturnType<typeof openApiKeys>;

/** Who may call: API keys are made, looked at and taken back here, and nowhere else. */
export const keys: Command = {
  summary: "create, list and revoke API keys",
  usage,
  async run(args, { dataDir, print }) {
    const { act, stageName } = readArguments(args);
    const stage = findStage(stageName, dataDir);
    const apiKeys = openApiKeys({ client: stage.client, tableName: physicalName(stage, "realtime-jobs") });
    const lines = await act(apiKeys).catch((error: unknown) => {
      throw readable(error, stage);
    });
    for (const line of lines) print(line);
  },
};

async function create(apiKeys: ApiKeys, wanted: { account: string; name: string }): Promise<string[]> {
  const { key, id } = await apiKeys.create(wanted);
  return [key, `Keep it now: it is not shown again. In lists it is ${id}; "keys revoke ${id}" takes it back.`];
}

async function list(apiKeys: ApiKeys, account: string): Promise<string[]> {
  const rows = (await apiKeys.list(account)).map(({ id, name, createdAt, lastUsedAt, revokedAt }) => [
    id,
    name,
    `created ${minute(createdAt)}`,
    lastUsedAt === null ? "never used" : `last used ${minute(lastUsedAt)}`,
    revokedAt === null ? "" : `revoked ${minute(revokedAt)}`,
  ]);
  if (rows.length === 0) return [`${account} has no keys.`];
  const widthOf = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widthOf(column)))
      .join("  ")
      .trimEnd(),
  );
}

async function revoke(apiKeys: ApiKeys, id: string): Promise<string[]> {
  const { name, revokedAt } = await apiKeys.revoke(id);
  return [`${id} ("${name}") is revoked since ${revokedAt}.`];
}

const minute = (time: string) => `${time.slice(0, 16).replace("T", " ")} UTC`;

function readArguments(args: string[]): {
  act: (apiKeys: ApiKeys) => Promise<string[]>;
  stageName: string | undefined;
} {
  const { values, positionals } = parse(args);
  const { account, name, stage: stageName } = values;
  const [action, id, ...more] = positionals;
  if (more.length === 0) {
    if (action === "revoke" && id !== undefined) return { act: (apiKeys) => revoke(apiKeys, id), stageName };
    if (action === "list" && id === undefined && account !== undefined)
      return { act: (apiKeys) => list(apiKeys, account), stageName };
    if (action === "create" && id === undefined && account !== undefined && name !== undefined)
      return { act: (apiKeys) => create(apiKeys, { account, name }), stageName };
  }
  throw new Misuse(usage);
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { account: { type: "string" }, name: { type: "string" }, stage: { type: "string" } },
    });
  } catch (error) {
    throw new Misuse(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  }
}

/** What the operator can put right comes without a stack: a wrong name, a stage that is not there, missing credentials. */
function readable(error: unknown, stage: Stage): unknown {
  if (error instanceof Rejected) return new Misuse(`${error.message}.`);
  if (!(error instanceof Error && error.cause instanceof Error)) return error;
  const absent = notRunning(stage, error.cause);
  if (absent) return absent;
  return new Misuse(`The stage ${stage.name} does not answer: ${error.cause.name}: ${error.cause.message}`);
}
