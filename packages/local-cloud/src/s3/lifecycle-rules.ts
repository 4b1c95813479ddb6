import { z } from "zod";
import { s3Error } from "./s3-error.ts";
import { childOf, childrenOf, parseXml, requiredText, textOf, type XmlElement, type XmlValue } from "./xml.ts";

export const lifecycleRule = z.object({
  id: z.string(),
  isEnabled: z.boolean(),
  filter: z.object({
    prefix: z.string().optional(),
    tags: z.array(z.tuple([z.string(), z.string()])),
    objectSizeGreaterThan: z.number().optional(),
    objectSizeLessThan: z.number().optional(),
  }),
  expirationDays: z.number().optional(),
  /** ISO date, at midnight UTC. */
  expirationDate: z.string().optional(),
  abortIncompleteMultipartUploadDays: z.number().optional(),
});
export type LifecycleRule = z.infer<typeof lifecycleRule>;

interface Expirable {
  key: string;
  bytes: number;
  /** Epoch milliseconds. */
  modifiedAt: number;
  tags: [string, string][];
}

const dayMilliseconds = 86_400_000;

/** When S3 would remove the object, and by which rule; the earliest of all rules that fit. */
export function expiryOf(object: Expirable, rules: LifecycleRule[]): { expiresAt: number; ruleId: string } | undefined {
  return rules
    .filter((rule) => rule.isEnabled && fits(rule, object))
    .flatMap(({ id, expirationDays, expirationDate }) => {
      if (expirationDays !== undefined)
        return [{ ruleId: id, expiresAt: midnightAfter(object.modifiedAt, expirationDays) }];
      return expirationDate === undefined ? [] : [{ ruleId: id, expiresAt: Date.parse(expirationDate) }];
    })
    .sort((a, b) => a.expiresAt - b.expiresAt)[0];
}

/** When S3 would abort an upload that was begun then; rules with tags or sizes do not speak of uploads. */
export function abortTimeOf(upload: { key: string; initiatedAt: number }, rules: LifecycleRule[]): number | undefined {
  const times = rules
    .filter(({ isEnabled, filter }) => isEnabled && upload.key.startsWith(filter.prefix ?? ""))
    .flatMap(({ abortIncompleteMultipartUploadDays: days }) =>
      days === undefined ? [] : [midnightAfter(upload.initiatedAt, days)],
    );
  return times.length > 0 ? Math.min(...times) : undefined;
}

/** S3 rounds the time up to the next midnight UTC. */
function midnightAfter(time: number, days: number): number {
  return Math.ceil((time + days * dayMilliseconds) / dayMilliseconds) * dayMilliseconds;
}

function fits({ filter }: LifecycleRule, object: Expirable): boolean {
  return (
    object.key.startsWith(filter.prefix ?? "") &&
    object.bytes > (filter.objectSizeGreaterThan ?? -1) &&
    object.bytes < (filter.objectSizeLessThan ?? Number.POSITIVE_INFINITY) &&
    filter.tags.every(([key, value]) => object.tags.some((tag) => tag[0] === key && tag[1] === value))
  );
}

const unclaimed = ["Transition", "NoncurrentVersionExpiration", "NoncurrentVersionTransition"];

export function parseLifecycle(text: string): LifecycleRule[] {
  const rules = childrenOf(parseXml(text, "LifecycleConfiguration"), "Rule");
  if (rules.length < 1 || rules.length > 1000) throw s3Error("MalformedXML");
  const parsed = rules.map(parseRule);
  if (new Set(parsed.map(({ id }) => id)).size < parsed.length) {
    throw s3Error("InvalidArgument", { message: "Rule ID must be unique. Found same ID for more than one rule" });
  }
  return parsed;
}

function parseRule(rule: XmlElement, index: number): LifecycleRule {
  const refused = rule.children.find(({ name }) => unclaimed.includes(name));
  const expiration = childOf(rule, "Expiration");
  if (refused || (expiration && childOf(expiration, "ExpiredObjectDeleteMarker"))) {
    throw s3Error("NotImplemented", {
      message: `${refused?.name ?? "ExpiredObjectDeleteMarker"} is not supported by this endpoint.`,
    });
  }
  const status = requiredText(rule, "Status");
  if (status !== "Enabled" && status !== "Disabled") throw s3Error("MalformedXML");
  const abort = childOf(rule, "AbortIncompleteMultipartUpload");
  const days = expiration && textOf(expiration, "Days");
  const date = expiration && textOf(expiration, "Date");
  if ((days === undefined && date === undefined && !abort) || (days !== undefined && date !== undefined)) {
    throw s3Error("MalformedXML");
  }
  return {
    id: textOf(rule, "ID") ?? `rule-${index + 1}`,
    isEnabled: status === "Enabled",
    filter: parseFilter(rule),
    ...(days !== undefined && { expirationDays: parseDays(days) }),
    ...(date !== undefined && { expirationDate: parseDate(date) }),
    ...(abort && { abortIncompleteMultipartUploadDays: parseDays(requiredText(abort, "DaysAfterInitiation")) }),
  };
}

function parseFilter(rule: XmlElement): LifecycleRule["filter"] {
  const filter = childOf(rule, "Filter");
  // The old form has its prefix beside the filter's place.
  const scope = filter ? (childOf(filter, "And") ?? filter) : rule;
  const prefix = textOf(scope, "Prefix");
  if (!filter && prefix === undefined) throw s3Error("MalformedXML");
  const size = (name: string) => (filter ? textOf(scope, name) : undefined);
  const greater = size("ObjectSizeGreaterThan");
  const less = size("ObjectSizeLessThan");
  return {
    ...(prefix !== undefined && { prefix }),
    tags: childrenOf(scope, "Tag").map((tag) => [requiredText(tag, "Key"), requiredText(tag, "Value")]),
    ...(greater !== undefined && { objectSizeGreaterThan: Number(greater) }),
    ...(less !== undefined && { objectSizeLessThan: Number(less) }),
  };
}

function parseDays(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days > 0) return days;
  throw s3Error("InvalidArgument", { message: "'Days' must be a positive integer" });
}

function parseDate(text: string): string {
  const time = Date.parse(text);
  if (time % dayMilliseconds === 0) return new Date(time).toISOString();
  throw s3Error("InvalidArgument", { message: "'Date' must be at midnight GMT" });
}

export function renderLifecycle(rules: LifecycleRule[]): XmlValue {
  return {
    Rule: rules.map(
      ({ id, isEnabled, filter, expirationDays, expirationDate, abortIncompleteMultipartUploadDays }) => ({
        ID: id,
        Filter: renderFilter(filter),
        Status: isEnabled ? "Enabled" : "Disabled",
        Expiration:
          expirationDays === undefined && expirationDate === undefined
            ? undefined
            : { Days: expirationDays, Date: expirationDate },
        AbortIncompleteMultipartUpload:
          abortIncompleteMultipartUploadDays === undefined
            ? undefined
            : { DaysAfterInitiation: abortIncompleteMultipartUploadDays },
      }),
    ),
  };
}

function renderFilter({ prefix, tags, objectSizeGreaterThan, objectSizeLessThan }: LifecycleRule["filter"]): XmlValue {
  const conditions: XmlValue = {
    Prefix: prefix,
    Tag: tags.map(([Key, Value]) => ({ Key, Value })),
    ObjectSizeGreaterThan: objectSizeGreaterThan,
    ObjectSizeLessThan: objectSizeLessThan,
  };
  const count =
    tags.length + [prefix, objectSizeGreaterThan, objectSizeLessThan].filter((value) => value !== undefined).length;
  return count > 1 ? { And: conditions } : conditions;
}
