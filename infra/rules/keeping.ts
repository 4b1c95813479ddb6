import { each, isKeptStage, list, nameOf, object, type Rule, text } from "./rule.ts";

const blocks = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

export const bucketsAreClosed: Rule = (graph) =>
  each(graph, "Bucket", (bucket) => {
    const name = nameOf(bucket);
    const of = (kind: string) => graph.all(kind).find(({ inputs }) => inputs["bucket"] === name);
    const block = of("BucketPublicAccessBlock");
    const policy = text(of("BucketPolicy")?.inputs["policy"]);
    const rules = list(of("BucketLifecycleConfiguration")?.inputs["rules"]).map(object);
    return [
      !blocks.every((setting) => block?.inputs[setting] === true) && `the bucket ${name} can be opened to the public`,
      /"Effect":"Allow","Principal":"\*"/.test(policy) && `the bucket ${name} is public`,
      !policy.includes("aws:SecureTransport") && `the bucket ${name} answers without TLS`,
      !of("BucketServerSideEncryptionConfiguration") && `the bucket ${name} does not say how it encrypts`,
      !of("BucketCorsConfiguration") && `a page cannot play what the bucket ${name} holds: no CORS`,
      !rules.some((rule) => rule["abortIncompleteMultipartUpload"]) && `${name} bills for uploads that never ended`,
      !rules.some((rule) => list(rule["transitions"]).length > 0) && `${name} holds old media at the price of new ones`,
      isKeptStage(graph) && bucket.inputs["forceDestroy"] === true && `${name} is deleted with all it holds`,
    ];
  });

export const tablesAreKept: Rule = (graph) =>
  each(graph, "Table", (table) => {
    const { pointInTimeRecovery, deletionProtectionEnabled, ttl } = table.inputs;
    return [
      object(pointInTimeRecovery)["enabled"] !== true &&
        `the table ${nameOf(table)} cannot be put back to a point in time`,
      object(ttl)["enabled"] !== true && `the table ${nameOf(table)} grows for ever: no TTL`,
      isKeptStage(graph) &&
        deletionProtectionEnabled !== true &&
        `the table ${nameOf(table)} can be deleted by accident`,
    ];
  });

export const databasesAreKept: Rule = (graph) =>
  graph
    .all("Instance")
    .filter(({ type }) => type.startsWith("aws:rds/"))
    .flatMap(({ name, inputs }) =>
      [
        inputs["publiclyAccessible"] !== false && `${name} can be reached from the internet`,
        inputs["storageEncrypted"] !== true && `${name} is not encrypted`,
        !(Number(inputs["backupRetentionPeriod"]) >= (isKeptStage(graph) ? 7 : 1)) &&
          `${name} has no backups to speak of`,
        isKeptStage(graph) && inputs["deletionProtection"] !== true && `${name} can be deleted by accident`,
        isKeptStage(graph) && inputs["skipFinalSnapshot"] !== false && `${name} leaves no snapshot behind`,
      ].filter((breach) => breach !== false),
    );

export const prodIsNeverRemoved: Rule = ({ app }) =>
  app.stage === "prod" && (app.removal !== "retain" || app.protect !== true)
    ? [`${app.name} in prod can be removed: removal must be "retain" and protect true`]
    : [];

export const resourcesAreTagged: Rule = ({ app }) => {
  const tags = object(object(object(object(app.providers)["aws"])["defaultTags"])["tags"]);
  const missing = ["app", "stage", "service"].filter((tag) => !tags[tag]);
  return missing.map((tag) => `resources of ${app.name} carry no tag "${tag}", by which the bill is split`);
};
