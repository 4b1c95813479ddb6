/** The boundaries of the system. Each rule has a planted violation in checks/ that must fail. */
const tests = "(\\.test\\.ts|/test-[^/]+\\.ts|/testing\\.ts)$|/test/";
const clients =
  "node_modules/(@aws-sdk|@smithy|pg|ioredis|replicate|rate-limiter-flexible|node-pg-migrate|undici|sst|@aws-lambda-powertools)/";

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    {
      name: "no-cycle",
      comment: "A cycle hides which side owns the idea.",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "services-do-not-import-each-other",
      comment: "Services talk through events only.",
      severity: "error",
      from: { path: "^services/([^/]+)/" },
      to: { path: "^services/", pathNot: "^services/$1/" },
    },
    {
      name: "services-share-only-events",
      comment: "What runs on AWS shares the contract and nothing else; tests may start stand-ins.",
      severity: "error",
      from: { path: "^services/[^/]+/src/", pathNot: tests },
      to: { path: "^(packages|infra|start|cli)/", pathNot: "^packages/events/src/" },
    },
    {
      name: "clients-stay-in-adapters",
      comment: "A use case knows ports, not SDKs, drivers or Resource.",
      severity: "error",
      from: { path: "^services/[^/]+/src/", pathNot: `(/adapters/|/on-[^/]+\\.ts$|${tests})` },
      to: { path: clients },
    },
    {
      name: "adapters-are-wired-in-composition-roots",
      comment: "Only on-*.ts knows which technology stands behind a port.",
      severity: "error",
      from: { path: "^services/[^/]+/src/", pathNot: `(/adapters/|/on-[^/]+\\.ts$|${tests})` },
      to: { path: "/src/adapters/" },
    },
    {
      name: "contract-needs-only-zod",
      comment: "infra.ts imports the contract: its main entry stays free of SDKs.",
      severity: "error",
      from: { path: "^packages/events/src/", pathNot: `(/(publish|queue|hear)\\.ts$|${tests})` },
      to: { path: "node_modules/", pathNot: "node_modules/(zod|@types/aws-lambda)/" },
    },
    {
      name: "packages-do-not-know-services",
      severity: "error",
      from: { path: "^packages/" },
      to: { path: "^(services|infra|start|cli)/" },
    },
    {
      name: "the-cli-enters-by-the-door",
      comment: "What an operator may do with a service stands in its own composition root for it.",
      severity: "error",
      from: { path: "^cli/" },
      to: { path: "^services/", pathNot: "^services/[^/]+/src/on-cli\\.ts$" },
    },
    {
      name: "products-stand-alone",
      comment: "The local cloud and the Replicate double are of use without VSL.",
      severity: "error",
      from: { path: "^packages/(local-cloud|replicate-double)/", pathNot: tests },
      to: { path: "^packages/", pathNot: "^packages/(local-cloud|replicate-double)/" },
    },
    {
      name: "double-and-cloud-are-two",
      severity: "error",
      from: { path: "^packages/(local-cloud|replicate-double)/" },
      to: { path: "^packages/(local-cloud|replicate-double)/", pathNot: "^packages/$1/" },
    },
    {
      name: "resolvable",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "^(aws-lambda)$" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(\\.sst|contracts)/" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "types", "default"],
      extensions: [".ts", ".mts", ".mjs", ".js", ".json", ".d.ts"],
    },
  },
};
