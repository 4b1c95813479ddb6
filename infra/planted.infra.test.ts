import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { noSecretInPlain } from "./rules/functions.ts";
import { object, text } from "./rules/rule.ts";
import { rules } from "./rules/rules.ts";
import { unusedRights } from "./rules/used-rights.ts";
import { evaluate } from "./synth/evaluate.ts";
import { type EvaluatedResource, type Graph, graphOf } from "./synth/graph.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const secrets = { ReplicateApiToken: "t", ReplicateWebhookSecret: "w", MediaLinkSecret: "m" };

let sound: Graph;
beforeAll(async () => {
  sound = await evaluate({ root, stage: "somebody", secrets });
});

type Change = (resource: EvaluatedResource) => EvaluatedResource | null;

/** The graph as it would be after a mistake. */
const planted = (change: Change, more: EvaluatedResource[] = [], app = sound.app) =>
  graphOf({
    app,
    builds: sound.builds,
    errors: [],
    resources: [...sound.resources.flatMap((resource) => change(resource) ?? []), ...more],
  });

const nothing: Change = (resource) => resource;
const isNamed = (resource: EvaluatedResource, name: string) =>
  [resource.inputs["name"], resource.inputs["bucket"]].includes(`vsl-somebody-${name}`);
const without =
  (kind: string, name: string): Change =>
  (resource) =>
    resource.type.endsWith(`:${kind}`) && isNamed(resource, name) ? null : resource;
const withInputs =
  (isIt: (resource: EvaluatedResource) => boolean, inputs: Record<string, unknown>): Change =>
  (resource) =>
    isIt(resource) ? { ...resource, inputs: { ...resource.inputs, ...inputs } } : resource;
const ofType = (kind: string) => (resource: EvaluatedResource) => resource.custom && resource.type.endsWith(`:${kind}`);
const made = (type: string, name: string, inputs: Record<string, unknown> = {}): EvaluatedResource => ({
  urn: `urn:planted:${name}`,
  id: name,
  type,
  name,
  parent: undefined,
  custom: true,
  read: false,
  inputs,
  outputs: inputs,
  protect: false,
  retainOnDelete: false,
});
const permitted =
  (role: RegExp, statement: { Action: string[]; Resource: string[] }): Change =>
  (resource) =>
    ofType("Role")(resource) && role.test(resource.name)
      ? {
          ...resource,
          inputs: {
            ...resource.inputs,
            inlinePolicies: [{ policy: JSON.stringify({ Statement: [{ Effect: "Allow", ...statement }] }) }],
          },
        }
      : resource;

test("the sound graph breaks no rule", () => {
  for (const rule of Object.values(rules.composed)) expect(rule(sound)).toEqual([]);
});

test("dead letters that were removed", () => {
  const graph = planted(without("Queue", "ledger-dead-letters"));
  expect(rules.composed.queuesLoseNothing(graph)).toContain(
    "the queue vsl-somebody-ledger has no dead letters: what fails every time is lost",
  );
});

test("a rule whose undeliverable events go nowhere", () => {
  const graph = planted(withInputs(ofType("EventTarget"), { deadLetterConfig: undefined }));
  expect(rules.composed.rulesLoseNothing(graph)[0]).toContain("has no dead letters");
});

test("a broad link", () => {
  const graph = planted(permitted(/^IntakeHttp/, { Action: ["events:*"], Resource: ["*"] }));
  expect(rules.composed.rightsAreExact(graph)).toEqual([
    "vsl-somebody-intake-http may events:*: name the actions that it calls",
  ]);
});

test("a right on everything", () => {
  const graph = planted(permitted(/^IntakeHttp/, { Action: ["dynamodb:GetItem"], Resource: ["*"] }));
  expect(rules.composed.rightsAreExact(graph)).toEqual([
    "vsl-somebody-intake-http may dynamodb:GetItem on everything: name the resource",
  ]);
});

test("a right to another service's table", () => {
  const table = "arn:aws:dynamodb:us-east-1:000000000000:table/vsl-somebody-predictions";
  const graph = planted(permitted(/^IntakeHttp/, { Action: ["dynamodb:GetItem"], Resource: [table] }));
  expect(rules.composed.storesAreNotShared(graph)).toEqual([
    `vsl-somebody-intake-http may dynamodb:GetItem on ${table}, a store of replicate-bridge`,
  ]);
});

test("a right that the handler makes no use of", async () => {
  const bucket = "arn:aws:s3:::vsl-somebody-media/*";
  const graph = planted(permitted(/^StorageHttp/, { Action: ["s3:GetObject", "s3:DeleteObject"], Resource: [bucket] }));
  expect(await unusedRights(graph, root)).toEqual(["vsl-somebody-storage-http may s3:DeleteObject, and never does"]);
});

test("a bucket that is public, or can be made so", () => {
  const opened = planted(withInputs(ofType("BucketPublicAccessBlock"), { blockPublicPolicy: false }));
  expect(rules.composed.bucketsAreClosed(opened)).toEqual([
    "the bucket vsl-somebody-media can be opened to the public",
  ]);
  const policy = JSON.stringify({
    Statement: [
      { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "*" },
      { Effect: "Deny", Principal: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } },
    ],
  });
  const open = planted(withInputs(ofType("BucketPolicy"), { policy }));
  expect(rules.composed.bucketsAreClosed(open)).toEqual(["the bucket vsl-somebody-media is public"]);
});

test.each([
  ["ledger-events-errors", "functionsAreWatched", "no alarm on Errors of vsl-somebody-ledger-events"],
  ["storage-lag", "queuesAreWatched", "no alarm on ApproximateAgeOfOldestMessage of vsl-somebody-storage"],
  [
    "ledger-dead-letters",
    "queuesAreWatched",
    "no alarm on ApproximateNumberOfMessagesVisible of vsl-somebody-ledger-dead-letters",
  ],
  ["media-lost", "logsAreWatched", "no alarm on media-lost"],
  ["api-5xx", "apiIsWatched", "no alarm on answers of 5xx"],
] as const)("the alarm %s that is missing", (alarm, rule, breach) => {
  expect(rules.composed[rule](planted(without("MetricAlarm", alarm)))).toEqual([breach]);
});

test("a dashboard that is missing, or shows a function that is gone", () => {
  const missing = planted((resource) => (ofType("Dashboard")(resource) ? null : resource));
  expect(rules.composed.dashboardsAreThere(missing)).toEqual(["no dashboard vsl-somebody-system"]);
  const dashboardBody = '[["AWS/Lambda","Errors","FunctionName","vsl-somebody-gone"]]';
  const stale = planted(withInputs(ofType("Dashboard"), { dashboardBody }));
  expect(rules.composed.dashboardsShowWhatIsThere(stale)[0]).toContain("shows vsl-somebody-gone, which is not there");
});

test("an alarm that nobody hears", () => {
  const graph = planted(withInputs((resource) => isNamed(resource, "api-5xx"), { alarmActions: [] }));
  expect(rules.composed.apiIsWatched(graph)).toEqual(["no alarm on answers of 5xx"]);
});

test("a resource of another service, or of the platform, in a service's deploy", () => {
  const ledger = { ...sound.app, name: "vsl-ledger" };
  const none: Change = () => null;
  const foreign = made("aws:dynamodb/table:Table", "Predictions", { name: "vsl-somebody-predictions" });
  expect(rules.service.onlyItsOwn(planted(none, [foreign], ledger))).toEqual([
    "vsl-ledger would make predictions, which is replicate-bridge's",
  ]);
  const bus = made("aws:cloudwatch/eventBus:EventBus", "Bus", { name: "vsl-somebody-bus" });
  expect(rules.service.onlyItsOwn(planted(none, [bus], ledger))).toEqual([
    "vsl-ledger would make Bus (aws:cloudwatch/eventBus:EventBus), which is the platform's",
  ]);
});

test("NAT, an interface endpoint, a REST API, an x86 function", () => {
  const graph = planted(nothing, [
    made("aws:ec2/natGateway:NatGateway", "Nat"),
    made("aws:ec2/vpcEndpoint:VpcEndpoint", "Events", { vpcEndpointType: "Interface" }),
    made("aws:apigateway/restApi:RestApi", "Rest"),
  ]);
  expect(rules.composed.nothingIdlesForMoney(graph)).toEqual([
    "Nat: a NAT gateway costs $33 a month: the network leaves by IPv6",
    "Rest: a REST API costs 3.5 times an HTTP API",
    "Events: an interface endpoint costs $7 a month and zone",
  ]);
  const x86 = planted(withInputs((resource) => isNamed(resource, "intake-http"), { architectures: ["x86_64"] }));
  expect(rules.composed.functionsFollowDefaults(x86)).toEqual([
    "vsl-somebody-intake-http runs on x86: arm64 costs a fifth less",
  ]);
});

test("a function in the network that would call IPv4 endpoints", () => {
  const environment = { variables: { NODE_OPTIONS: "--dns-result-order=ipv6first" } };
  const graph = planted(withInputs((resource) => isNamed(resource, "ledger-events"), { environment }));
  expect(rules.composed.networkedFunctionsLeaveByIpv6(graph)).toEqual([
    "vsl-somebody-ledger-events calls AWS's IPv4 endpoints, which it cannot reach",
  ]);
});

test("a table without point-in-time recovery, a database that snapshots nothing", () => {
  const graph = planted(withInputs(ofType("Table"), { pointInTimeRecovery: { enabled: false } }));
  expect(rules.composed.tablesAreKept(graph)).toContain(
    "the table vsl-somebody-predictions cannot be put back to a point in time",
  );
  const database = planted(
    withInputs((resource) => resource.type === "aws:rds/instance:Instance", { skipFinalSnapshot: true }),
    [],
    { ...sound.app, stage: "prod" },
  );
  expect(rules.composed.databasesAreKept(database)).toContain("DatabaseInstance leaves no snapshot behind");
});

test("prod that may be removed", () => {
  const graph = planted(nothing, [], { ...sound.app, stage: "prod", removal: "remove" });
  expect(rules.composed.prodIsNeverRemoved(graph)[0]).toContain('removal must be "retain"');
});

test("an API without a limit, a log without an end, an archive that leaves something out", () => {
  const unlimited = planted(withInputs(ofType("Stage"), { defaultRouteSettings: {} }));
  expect(rules.composed.apiIsThrottled(unlimited)[0]).toContain("is not throttled");
  const endless = planted(withInputs(ofType("LogGroup"), { retentionInDays: undefined }));
  expect(rules.composed.logsEnd(endless)[0]).toContain("for ever");
  const partial = planted(withInputs(ofType("EventArchive"), { eventPattern: "{}" }));
  expect(rules.composed.everythingIsArchived(partial)).toEqual(["the archive leaves events out"]);
});

test("a secret in an environment variable", () => {
  const [fn] = sound.functions();
  const variables = { ...object(object(fn?.inputs["environment"])["variables"]), TOKEN: "r8_planted" };
  const graph = planted(
    withInputs((resource) => text(resource.inputs["name"]) === fn?.name && ofType("Function")(resource), {
      environment: { variables },
    }),
  );
  expect(noSecretInPlain(["r8_planted"])(graph)).toEqual([`${fn?.name} shows a secret in clear`]);
});

test("sst dev that makes a database", () => {
  expect(rules.dev.nothingCostsByTheHour(sound).join()).toContain("DatabaseInstance (aws:rds/instance:Instance)");
  expect(rules.dev.nobodyIsInANetwork(sound)).toContain(
    "vsl-somebody-intake-http is in a network, from which sst dev cannot be reached",
  );
});
