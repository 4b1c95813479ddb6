import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { noSecretInPlain } from "./rules/functions.ts";
import { text } from "./rules/rule.ts";
import { rules } from "./rules/rules.ts";
import { unusedRights } from "./rules/used-rights.ts";
import { appNames, serviceNames } from "./service-names.ts";
import { evaluate } from "./synth/evaluate.ts";
import type { Graph } from "./synth/graph.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const secrets = {
  ReplicateApiToken: "r8_of-the-test",
  ReplicateWebhookSecret: "whsec_of-the-test",
  MediaLinkSecret: "media-link-of-the-test",
};

interface App {
  title: string;
  kind: keyof typeof rules;
  options: { stage: string; service?: string; dev?: boolean };
  except?: string[];
}

const apps: App[] = [
  ...appNames.map(
    (service): App => ({
      title: `${service} deployed alone to prod`,
      kind: service === "platform" ? "platform" : "service",
      options: { stage: "prod", service },
    }),
  ),
  { title: "all composed in a personal stage", kind: "composed", options: { stage: "somebody" } },
  { title: "sst dev", kind: "dev", options: { stage: "somebody", dev: true } },
  {
    title: "sst dev of one service beside a deployed platform",
    kind: "dev",
    options: { stage: "somebody", service: "ledger", dev: true },
    except: ["everythingIsArchived"],
  },
];

const graphs = new Map<string, Promise<Graph>>();

/** Each app is evaluated once: it takes seconds. */
function graphOf(options: App["options"]): Promise<Graph> {
  const key = JSON.stringify(options);
  const graph = graphs.get(key) ?? evaluate({ root, secrets, ...options });
  graphs.set(key, graph);
  return graph;
}

describe.each(apps)("$title", ({ kind, options, except }) => {
  let graph: Graph;
  beforeAll(async () => {
    graph = await graphOf(options);
  });

  test.each(Object.entries(rules[kind]).filter(([name]) => !except?.includes(name)))("%s", (_, rule) => {
    expect(rule(graph)).toEqual([]);
  });

  test("noSecretInPlain", () => {
    const made = [...Object.values(secrets), "x".repeat(32)];
    expect(noSecretInPlain(made)(graph)).toEqual([]);
  });
});

describe("the composed app", () => {
  let graph: Graph;
  beforeAll(async () => {
    graph = await graphOf({ stage: "somebody" });
  });

  test("a replay reaches the ledger and intake, never the bridge or storage", () => {
    const patterns = Object.fromEntries(
      graph
        .all("EventRule")
        .map(({ inputs }) => [
          text(inputs["name"]).replace("vsl-somebody-", ""),
          JSON.parse(text(inputs["eventPattern"])),
        ]),
    );
    expect(patterns["replicate-bridge-hears"]["replay-name"]).toEqual([{ exists: false }]);
    expect(patterns["storage-hears"]["replay-name"]).toEqual([{ exists: false }]);
    expect(patterns["ledger-hears"]).not.toHaveProperty("replay-name");
    expect(patterns["intake-hears"]).not.toHaveProperty("replay-name");
    expect(patterns["intake-rebuild"]["replay-name"]).toEqual([{ exists: true }]);
  });

  test("no function has a right that its code makes no use of", async () => {
    expect(await unusedRights(graph, root)).toEqual([]);
  });

  test("answers at the documented paths under one base URL", () => {
    expect(graph.all("Api")).toHaveLength(1);
    expect(
      graph
        .all("Route")
        .map(({ inputs }) => inputs["routeKey"])
        .sort(),
    ).toEqual([
      "GET /media/{jobId}/{file}",
      "GET /status/{jobId}",
      "POST /generate-media",
      "POST /jobs/{jobId}/cancel",
      "POST /webhook/replicate",
    ]);
  });
});

test("no stage that users reach can be deployed as one", async () => {
  await expect(evaluate({ root, stage: "homolog", secrets })).rejects.toThrow("set SERVICE");
});

test("a stage on AWS answers nobody without a key", async () => {
  const { links } = await graphOf({ stage: "prod", service: "intake" });
  expect(links()["Access"]).toMatchObject({ mode: "keys" });
});

test("a missing secret stops the deploy with its name and the command that sets it", async () => {
  await expect(evaluate({ root, stage: "prod", service: "replicate-bridge" })).rejects.toThrow(
    "SERVICE=replicate-bridge npx sst secret set ReplicateApiToken r8_… --stage prod",
  );
});

test("an unknown service is refused with the names of those that are known", async () => {
  await expect(evaluate({ root, stage: "prod", service: "ledgr", secrets })).rejects.toThrow(
    `ledgr is unknown: use platform, ${serviceNames.join(", ")}`,
  );
});
