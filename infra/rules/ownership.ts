import { isServiceName, type ServiceName, serviceNames } from "../service-names.ts";
import type { EvaluatedResource } from "../synth/graph.ts";
import { type Rule, text } from "./rule.ts";

/** What only the platform makes: shared by all, so made by nobody else. */
const ofThePlatform = [
  "EventBus",
  "EventArchive",
  "Api",
  "Stage",
  "Vpc",
  "Subnet",
  "Topic",
  "ServerlessCache",
  "Instance",
];

/** How the physical names of each service's resources begin, after `vsl-<stage>-`. */
const beginnings: Record<ServiceName, RegExp> = {
  intake: /^(intake|realtime-jobs)\b/,
  "replicate-bridge": /^(replicate-bridge|bridge|predictions|webhook-unsigned)\b/,
  storage: /^(storage|media)\b/,
  ledger: /^ledger\b/,
};

const physicalNames = ({ inputs }: EvaluatedResource, stage: string) =>
  [inputs["name"], inputs["bucket"], inputs["dashboardName"], inputs["functionName"]]
    .map(text)
    .filter((name) => name.startsWith(`vsl-${stage}-`))
    .map((name) => name.slice(`vsl-${stage}-`.length));

/** A service that deploys alone makes nothing of the platform's and nothing of another service's. */
export const onlyItsOwn: Rule = (graph) => {
  const service = graph.app.name.replace("vsl-", "");
  if (!isServiceName(service)) return [];
  const shared = ofThePlatform
    .flatMap((kind) => graph.all(kind))
    .map(({ name, type }) => `${graph.app.name} would make ${name} (${type}), which is the platform's`);
  const others = serviceNames.filter((name) => name !== service);
  const foreign = graph.resources
    .filter(({ custom, read }) => custom && !read)
    .flatMap((resource) => physicalNames(resource, graph.app.stage))
    .flatMap((name) =>
      others
        .filter((other) => beginnings[other].test(name))
        .map((other) => `${graph.app.name} would make ${name}, which is ${other}'s`),
    );
  return [...new Set([...shared, ...foreign])];
};
