import * as z from "zod";
import { type AnyEvent, sourceOf } from "./define-event.ts";

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** `docs/events.md`: each event, its fields, who announces it and who hears it. */
export function cataloguePage(events: readonly AnyEvent[], hearersOf: (event: AnyEvent) => readonly string[]): string {
  const overview = events.map(
    (event) =>
      `| [${event.name}](#${event.name.toLowerCase()}) | ${event.announcedBy} | ${hearersOf(event).join(", ")} | ${event.states} |`,
  );
  return [
    "# Events",
    "",
    "Made by `npm run docs:events` from `packages/events`; CI keeps it current. Every event is EventBridge's `detail-type` by name, `source` `vsl.<service>`,",
    "and carries in `detail` the envelope `{ id, version, correlationId, occurredAt, payload }`. `id` is the same for every announcement of one fact.",
    "",
    "| event | announced by | heard by | states |",
    "| --- | --- | --- | --- |",
    ...overview,
    "",
    ...events.flatMap((event) => section(event, hearersOf(event))),
  ].join("\n");
}

function section(event: AnyEvent, hearers: readonly string[]): string[] {
  return [
    `## ${event.name}`,
    "",
    event.states,
    "",
    `Version ${event.version} · source \`${sourceOf(event.announcedBy)}\` · heard by ${hearers.join(", ")} · [JSON Schema](../packages/events/contracts/${event.name}.v${event.version}.json)`,
    "",
    "| payload field | type |",
    "| --- | --- |",
    ...fieldsOf(z.toJSONSchema(event.payload)).map(([path, type]) => `| \`${path}\` | ${type} |`),
    "",
    "```json",
    JSON.stringify(event.example, null, 2),
    "```",
    "",
  ];
}

/** Every field by its path; an array's members under `[]`, an optional field with a question mark. */
function fieldsOf(schema: JsonSchema, prefix = ""): [path: string, type: string][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    if (typeof property === "boolean") return [];
    const path = `${prefix}${name}${schema.required?.includes(name) ? "" : "?"}`;
    const own: [string, string] = [path, typeOf(property)];
    const items = typeof property.items === "object" && !Array.isArray(property.items) ? property.items : {};
    return [own, ...fieldsOf(property, `${path}.`), ...fieldsOf(items, `${path}[].`)];
  });
}

function typeOf(schema: JsonSchema): string {
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(" or ");
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants)
    return variants.map((variant) => (typeof variant === "boolean" ? "any" : variantName(variant))).join(" or ");
  if (schema.type === "array" && typeof schema.items === "object" && !Array.isArray(schema.items)) {
    return `array of ${typeOf(schema.items)}`;
  }
  return [schema.type ?? "any", schema.format ? `(${schema.format})` : ""].join(" ").trim();
}

/** A variant of a discriminated union is told by its constants. */
function variantName(schema: JsonSchema): string {
  const constants = Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    typeof property === "object" && property.const !== undefined ? [`${name} ${JSON.stringify(property.const)}`] : [],
  );
  const others = Object.keys(schema.properties ?? {}).filter(
    (name) => !constants.some((text) => text.startsWith(`${name} `)),
  );
  return constants.length > 0 ? `\`{ ${[...constants, ...others].join(", ")} }\`` : typeOf(schema);
}
