import type { EvaluatedResource, Graph } from "../synth/graph.ts";

/** What must hold for every resource graph; the answer names each breach and says what to do. */
export type Rule = (graph: Graph) => string[];

export const text = (value: unknown) => String(value ?? "");
export const object = (value: unknown) => (value ?? {}) as Record<string, unknown>; // Inputs of Pulumi's, which has no schema here.
export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** The physical name, by which AWS knows it. */
export const nameOf = ({ inputs, name }: EvaluatedResource) => text(inputs["name"] ?? inputs["bucket"] ?? name);

export const lastPart = (arn: unknown) => text(arn).split(/[:/]/).at(-1) ?? "";

export const isKeptStage = ({ app }: Graph) => ["homolog", "prod"].includes(app.stage);

/** Breaches of `rule` for each resource of a kind. */
export const each = (graph: Graph, kind: string, breachesOf: (resource: EvaluatedResource) => (string | false)[]) =>
  graph.all(kind).flatMap((resource) => breachesOf(resource).filter((breach) => breach !== false));
