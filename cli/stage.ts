import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Misuse } from "./command.ts";

/** A stage and the way to it. */
export interface Stage {
  name: string;
  /** What each SDK client is made with; nothing on AWS, where the environment tells region and credentials. */
  client: { endpoint?: string; region?: string; credentials?: { accessKeyId: string; secretAccessKey: string } };
  isLocal: boolean;
}

const localStage = "local";

/** Where `npm start` says that its AWS endpoint is. */
const endpointFile = "aws-endpoint-url";

/** Without a name: this machine, as `npm start` left word of it. */
export function findStage(name: string | undefined, dataDir: string): Stage {
  if (name !== undefined && name !== localStage) return { name, client: {}, isLocal: false };
  const file = join(dataDir, endpointFile);
  if (!existsSync(file)) {
    throw new Misuse("VSL does not run here: start it with npm start, or name a stage on AWS with --stage.");
  }
  return {
    name: localStage,
    client: {
      endpoint: readFileSync(file, "utf8").trim(),
      region: "us-east-1",
      credentials: { accessKeyId: "local", secretAccessKey: "local" },
    },
    isLocal: true,
  };
}

/** What stopped a call, if it is that nothing runs on this machine. */
export function notRunning({ client, isLocal }: Stage, cause: unknown): Misuse | null {
  const isRefused = cause instanceof Error && "code" in cause && cause.code === "ECONNREFUSED";
  if (!(isLocal && isRefused)) return null;
  return new Misuse(`Nothing answers at ${client.endpoint}: start VSL with npm start.`, { cause });
}

/** Physical names, as infra gives them. */
export const physicalName = (stage: Pick<Stage, "name">, name: string) => `vsl-${stage.name}-${name}`;
