import { isObject } from "./pattern/scalar.ts";

export interface InputSettings {
  Input?: string | undefined;
  InputPath?: string | undefined;
  InputTransformer?: { InputPathsMap?: Record<string, string> | undefined; InputTemplate: string } | undefined;
}

interface InputContext {
  json: string;
  value: unknown;
  ruleArn: string;
  ruleName: string;
  ingestedAt: number;
}

/** What a target gets for an event: the event itself, a part of it, a constant, or a template filled from it. */
export function targetInput({ Input, InputPath, InputTransformer }: InputSettings, context: InputContext): string {
  if (Input !== undefined) return Input;
  if (InputPath !== undefined) return JSON.stringify(valueAtPath(context.value, InputPath) ?? null);
  if (InputTransformer !== undefined) return fillTemplate(InputTransformer, context);
  return context.json;
}

/** The JSONPath that EventBridge knows: `$`, `$.detail.items[0]`, `$['detail-type']`; undefined where there is nothing. */
function valueAtPath(value: unknown, path: string): unknown {
  return parsePath(path)?.reduce<unknown>((here, step) => {
    if (Array.isArray(here)) return typeof step === "number" ? here[step] : undefined;
    return isObject(here) && Object.hasOwn(here, step) ? here[step] : undefined;
  }, value);
}

const pathSteps = /\.([A-Za-z0-9_-]+)|\['([^']+)'\]|\["([^"]+)"\]|\[(\d+)\]/y;

/** Undefined when the path is not one. */
export function parsePath(path: string): (string | number)[] | undefined {
  if (!path.startsWith("$")) return undefined;
  const steps: (string | number)[] = [];
  pathSteps.lastIndex = 1;
  while (pathSteps.lastIndex < path.length) {
    const match = pathSteps.exec(path);
    if (match === null) return undefined;
    const [, dotted, single, double, index] = match;
    steps.push(index === undefined ? (dotted ?? single ?? double ?? "") : Number(index));
  }
  return steps;
}

/** A placeholder inside a JSON string becomes text, one outside becomes JSON; nothing found is empty text or null. */
function fillTemplate(
  { InputPathsMap = {}, InputTemplate }: NonNullable<InputSettings["InputTransformer"]>,
  context: InputContext,
) {
  let insideString = false;
  return InputTemplate.replace(/\\.|"|<([A-Za-z0-9_.-]+)>/gs, (token: string, name: string | undefined) => {
    if (token === '"') insideString = !insideString;
    if (name === undefined) return token;
    const path = Object.hasOwn(InputPathsMap, name) ? InputPathsMap[name] : undefined;
    if (path === undefined && !name.startsWith("aws.events.")) return token;
    const value = path === undefined ? reservedValue(name, context) : valueAtPath(context.value, path);
    if (!insideString) return JSON.stringify(value ?? null);
    if (value === undefined) return "";
    return JSON.stringify(typeof value === "string" ? value : JSON.stringify(value)).slice(1, -1);
  });
}

function reservedValue(name: string, { value, ruleArn, ruleName, ingestedAt }: InputContext): unknown {
  switch (name) {
    case "aws.events.rule-arn":
      return ruleArn;
    case "aws.events.rule-name":
      return ruleName;
    case "aws.events.event.ingestion-time":
      return new Date(ingestedAt).toISOString().replace(/\.\d{3}Z$/, "Z");
    case "aws.events.event.json":
      return value;
    case "aws.events.event": {
      const { detail: _detail, ...envelope } = isObject(value) ? value : {};
      return envelope;
    }
    default:
      return undefined;
  }
}
