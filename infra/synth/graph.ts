type Json = Record<string, unknown>;

export interface EvaluatedResource {
  urn: string;
  id: string | undefined;
  type: string;
  name: string;
  parent: string | undefined;
  /** A real resource, as opposed to a component of SST's. */
  custom: boolean;
  /** Referenced, not made, by this app. */
  read: boolean;
  inputs: Json;
  outputs: Json;
  protect: boolean;
  retainOnDelete: boolean;
}

export interface Evaluation {
  app: { name: string; stage: string; removal?: string; protect?: boolean; providers?: Json };
  resources: EvaluatedResource[];
  /** One entry for each function that SST built. */
  builds: { functionID: string; source: string; links: string[]; bytes?: number }[];
  errors: string[];
}

export interface Statement {
  effect?: "Deny";
  actions: string[];
  resources: string[];
  conditions?: unknown;
}

export interface EvaluatedFunction {
  /** Physical name. */
  name: string;
  /** Source path and export, as in the config. */
  handler: string;
  inputs: Json;
  statements: Statement[];
  links: Record<string, Json>;
}

export type Graph = ReturnType<typeof graphOf>;

/** Queries over the resources of an evaluated app. */
export function graphOf(evaluation: Evaluation) {
  const { resources } = evaluation;
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  /** By the last part of the type, such as `Queue`. */
  const all = (kind: string) =>
    resources.filter(({ custom, read, type }) => custom && !read && type.endsWith(`:${kind}`));
  const childrenOf = ({ urn }: EvaluatedResource) => resources.filter(({ parent }) => parent === urn);
  const linkTargets = new Map(
    resources
      .filter(({ type }) => type === "sst:sst:LinkRef")
      .map(({ outputs }) => [String(outputs["target"]), (outputs["properties"] ?? {}) as Json]),
  );

  /** What `Resource` holds in a function. */
  const linksOf = (functionID: string): Record<string, Json> => {
    const names = evaluation.builds.find((build) => build.functionID === functionID)?.links ?? [];
    return Object.fromEntries(names.sort().map((name) => [name, linkTargets.get(name) ?? {}]));
  };

  const functions = (): EvaluatedFunction[] =>
    all("Function")
      .filter(({ type }) => type === "aws:lambda/function:Function")
      .map((fn) => {
        const component = byUrn.get(fn.parent ?? "");
        if (!component) throw new Error(`the function ${fn.name} belongs to no component`);
        const role = childrenOf(component).find(({ type }) => type === "aws:iam/role:Role");
        const { handler } = (component.outputs["_metadata"] ?? {}) as { handler?: string };
        return {
          name: String(fn.inputs["name"]),
          handler: handler ?? String(fn.inputs["handler"]),
          inputs: fn.inputs,
          statements: role ? statementsOf(role) : [],
          links: linksOf(component.name),
        };
      });

  return { ...evaluation, byUrn, all, childrenOf, functions, links: () => Object.fromEntries([...linkTargets].sort()) };
}

const list = (value: unknown): string[] => [value].flat().map(String);

function statementsOf(role: EvaluatedResource): Statement[] {
  const policies = (role.inputs["inlinePolicies"] ?? []) as { policy: string }[];
  return policies
    .flatMap(({ policy }): Json[] => JSON.parse(policy).Statement ?? [])
    .map(({ Effect, Action, Resource, Condition }) => ({
      ...(Effect === "Deny" ? { effect: Effect } : {}),
      actions: list(Action),
      resources: list(Resource),
      ...(Condition ? { conditions: Condition } : {}),
    }));
}
