import { expect, test } from "vitest";
import { secretsOf } from "../secrets.ts";
import { type AppName, appNames } from "../service-names.ts";
import { deployStage } from "./deploy-stage.ts";
import { readDeployOptions } from "./options.ts";
import { saysNoSecrets, secretsIn } from "./secret-list.ts";

/** AWS as a list of what was deployed. */
function aws({ unset = [], refuses }: { unset?: string[]; refuses?: AppName } = {}) {
  const deployed: AppName[] = [];
  return {
    deployed,
    said: [] as string[],
    listSecrets: async (app: AppName) => secretsOf(app).filter((name) => !unset.includes(name)),
    deployApp: async (app: AppName) => {
      if (app === refuses) throw new Error(`${app} was refused`);
      deployed.push(app);
    },
    say(line: string) {
      this.said.push(line);
    },
  };
}

test("the platform goes first, then each service, each step said", async () => {
  const ports = aws();
  await deployStage(ports, { stage: "homolog", apps: appNames });
  expect(ports.deployed).toEqual(["platform", "intake", "replicate-bridge", "storage", "ledger"]);
  expect(ports.said).toContain("1/5 deploying platform to homolog");
  expect(ports.said).toContain("5/5 deploying ledger to homolog");
});

test("nothing at all is deployed while a secret of the last service is missing", async () => {
  const ports = aws({ unset: ["ReplicateApiToken", "ReplicateWebhookSecret"] });
  const deploy = deployStage(ports, { stage: "homolog", apps: appNames });
  await expect(deploy).rejects.toThrow(
    "SERVICE=replicate-bridge npx sst secret set ReplicateApiToken r8_… --stage homolog",
  );
  await expect(deploy).rejects.toThrow("ReplicateWebhookSecret");
  expect(ports.deployed).toEqual([]);
});

test("a service alone asks for no secrets but its own", async () => {
  const ports = aws({ unset: ["ReplicateApiToken"] });
  await deployStage(ports, { stage: "prod", apps: ["ledger"] });
  expect(ports.deployed).toEqual(["ledger"]);
});

test("what comes after a refusal is not deployed", async () => {
  const ports = aws({ refuses: "replicate-bridge" });
  await expect(deployStage(ports, { stage: "homolog", apps: appNames })).rejects.toThrow(
    "replicate-bridge was refused",
  );
  expect(ports.deployed).toEqual(["platform", "intake"]);
});

test("options: all apps, one app, help", () => {
  expect(readDeployOptions(["--stage", "homolog"])).toEqual({ stage: "homolog", apps: appNames });
  expect(readDeployOptions(["--stage", "prod", "--service", "ledger"])).toEqual({ stage: "prod", apps: ["ledger"] });
  expect(readDeployOptions(["--help"])).toBe("help");
});

test.each([
  [[], "which stage?"],
  [["--stage", "Prod_1"], 'the stage "Prod_1" does not fit'],
  [["--stage", "prod", "--service", "ledgr"], 'the service "ledgr" is unknown: use one of platform, intake'],
  [["--stage", "prod", "--force"], "--force"],
])("options %j are refused in words", (args, says) => {
  expect(() => readDeployOptions(args)).toThrow(says);
});

test("secrets are read from SST's list, headings and empty ones are not", () => {
  const output =
    "# fallback\nMediaLinkSecret=abc=\n\n# vsl-replicate-bridge/homolog\nReplicateApiToken=r8_x\nEmpty=\n✔ done\n";
  expect([...secretsIn(output)]).toEqual([
    ["MediaLinkSecret", "abc="],
    ["ReplicateApiToken", "r8_x"],
  ]);
  expect(saysNoSecrets("✕  No secrets found")).toBe(true);
});
