import type { Topology } from "../topology.ts";

type Route = Topology["routes"][number];

export interface MatchedRoute {
  routeKey: string;
  function: string;
  pathParameters: Record<string, string>;
}

interface CompiledRoute extends Route {
  method: string;
  segments: Segment[];
}

type Segment =
  | { kind: "static"; text: string }
  | { kind: "parameter"; name: string }
  | { kind: "greedy"; name: string };

/** The rank of a segment: where two routes differ first, the more definite one wins. */
const definiteness = { static: 0, parameter: 1, greedy: 2 };

/** Finds a request's route by API Gateway's order: the most definite path, then the method itself before ANY, then `$default`. */
export function compileRoutes(routes: Route[]): (method: string, path: string) => MatchedRoute | undefined {
  const fallback = routes.find(({ routeKey }) => routeKey === "$default");
  const ordered = routes
    .filter((route) => route !== fallback)
    .map(compile)
    .sort(byDefiniteness);

  return (method, path) => {
    for (const route of ordered) {
      if (route.method !== method && route.method !== "ANY") continue;
      const pathParameters = match(route.segments, path.split("/").slice(1));
      if (pathParameters) return { routeKey: route.routeKey, function: route.function, pathParameters };
    }
    return fallback && { ...fallback, pathParameters: {} };
  };
}

function compile(route: Route): CompiledRoute {
  const [method = "", path = ""] = route.routeKey.split(" ");
  return { ...route, method, segments: path.split("/").slice(1).map(toSegment) };
}

function toSegment(text: string): Segment {
  const name = /^\{(.+?)(\+?)\}$/.exec(text);
  if (!name?.[1]) return { kind: "static", text };
  return { kind: name[2] ? "greedy" : "parameter", name: name[1] };
}

function byDefiniteness(one: CompiledRoute, other: CompiledRoute): number {
  for (const [index, segment] of one.segments.entries()) {
    const rival = other.segments[index];
    if (rival && rival.kind !== segment.kind) return definiteness[segment.kind] - definiteness[rival.kind];
  }
  return other.segments.length - one.segments.length || Number(one.method === "ANY") - Number(other.method === "ANY");
}

function match(segments: Segment[], parts: string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const part = parts[index];
    if (part === undefined) return undefined;
    if (segment.kind === "greedy") {
      const rest = parts.slice(index).join("/");
      return rest === "" ? undefined : { ...parameters, [segment.name]: rest };
    }
    if (segment.kind === "static" ? segment.text !== part : part === "") return undefined;
    if (segment.kind === "parameter") parameters[segment.name] = part;
  }
  return parts.length === segments.length ? parameters : undefined;
}
