import type { EvaluatedResource } from "../graph.ts";
import { plain } from "./plain.ts";

/** The part of Pulumi's runtime that mocks do not show: parents, protection and outputs are only seen at the monitor. */
interface Monitor {
  registerResource: (request: never, done: (error: unknown, response: Registered) => void) => void;
  readResource: (request: never, done: (error: unknown, response: Registered) => void) => void;
  registerResourceOutputs: (request: never, done: unknown) => void;
}
interface Registered {
  getUrn(): string;
  getId?(): string;
}
interface Request {
  getType(): string;
  getName(): string;
  getParent(): string;
  getCustom?(): boolean;
  getObject(): unknown;
  getProtect?(): boolean;
  getRetainondelete?(): boolean;
  getUrn(): string;
  getOutputs(): unknown;
}

/** Writes every registered resource into the list, in the order of registration. */
export function recordResources(
  monitor: Monitor,
  deserialize: (object: unknown) => unknown,
  resources: EvaluatedResource[],
): void {
  const describe = (request: Request, response: Registered, read: boolean): EvaluatedResource => ({
    urn: response.getUrn(),
    id: response.getId?.() || undefined,
    type: request.getType(),
    name: request.getName(),
    parent: request.getParent() || undefined,
    custom: read || request.getCustom?.() === true,
    read,
    inputs: read ? {} : (plain(deserialize(request.getObject())) as Record<string, unknown>),
    outputs: {},
    protect: request.getProtect?.() === true,
    retainOnDelete: request.getRetainondelete?.() === true,
  });
  const wrap = (method: "registerResource" | "readResource", read: boolean) => {
    const original = monitor[method].bind(monitor);
    monitor[method] = (request, done) =>
      original(request, (error, response) => {
        if (!error) resources.push(describe(request, response, read));
        done(error, response);
      });
  };
  wrap("registerResource", false);
  wrap("readResource", true);
  const outputs = monitor.registerResourceOutputs.bind(monitor);
  monitor.registerResourceOutputs = (request, done) => {
    const of: Request = request;
    const resource = resources.find(({ urn }) => urn === of.getUrn());
    if (resource) resource.outputs = plain(deserialize(of.getOutputs())) as Record<string, unknown>;
    outputs(request, done);
  };
}
