import { z } from "zod";
import { AwsError } from "../endpoint/aws-error.ts";

export type Input = Record<string, unknown>;
export type Operations = Record<string, (input: Input) => unknown>;

const nameText = /^[.\-_A-Za-z0-9]+$/;
export const resourceName = (maximum: number) => z.string().min(1).max(maximum).regex(nameText);
export const busNameOrArn = z
  .string()
  .min(1)
  .max(1600)
  .regex(/^(arn:aws[\w-]*:events:[a-z]+-[a-z]+-[\w-]+:[0-9]{12}:event-bus\/)?[/.\-_A-Za-z0-9]+$/);
export const someArn = z.string().min(1).max(1600);
export const description = z.string().max(512);
export const patternText = z.string().max(4096);
export const tagList = z.array(z.object({ Key: z.string().min(1).max(128), Value: z.string().max(256) }));
export const paging = z.object({
  Limit: z.int().min(1).max(100).optional(),
  NextToken: z.string().min(1).max(2048).optional(),
});

/** Parses an operation's input; what is wrong with it is said in AWS's words, all of it at once. */
export function parseInput<T extends z.ZodType>(schema: T, input: Input): z.infer<T> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const complaints = parsed.error.issues.map((issue) => complaint(issue, valueAt(input, issue.path)));
  throw validationError(
    `${complaints.length} validation error${complaints.length > 1 ? "s" : ""} detected: ${complaints.join("; ")}`,
  );
}

function complaint(issue: z.core.$ZodIssue, value: unknown): string {
  const shown = value === undefined || value === null ? "null" : `'${display(value)}'`;
  return `Value ${shown} at '${memberPath(issue.path)}' failed to satisfy constraint: Member must ${constraint(issue, value)}`;
}

function constraint(issue: z.core.$ZodIssue, value: unknown): string {
  switch (issue.code) {
    case "too_small":
      return `have ${measure(issue.origin)} greater than or equal to ${issue.minimum}`;
    case "too_big":
      return `have ${measure(issue.origin)} less than or equal to ${issue.maximum}`;
    case "invalid_format":
      return `satisfy regular expression pattern: ${issue.pattern?.replace(/^\/\^?|\$?\/$/g, "")}`;
    case "invalid_value":
      return `satisfy enum value set: [${issue.values.map(String).join(", ")}]`;
    default:
      if (value === undefined || value === null) return "not be null";
      throw new AwsError("SerializationException", `The value at '${memberPath(issue.path)}' has the wrong type.`);
  }
}

const measure = (origin: string) => (origin === "string" || origin === "array" ? "length" : "value");

const display = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

const memberPath = (path: PropertyKey[]) =>
  path
    .map((step) =>
      typeof step === "number" ? `${step + 1}.member` : String(step).replace(/^./, (c) => c.toLowerCase()),
    )
    .join(".");

const valueAt = (input: unknown, path: PropertyKey[]) =>
  path.reduce<unknown>(
    (value, step) => (typeof value === "object" && value !== null ? Reflect.get(value, step) : undefined),
    input,
  );

export const validationError = (message: string) => new AwsError("ValidationException", message);
export const notFound = (message: string) => new AwsError("ResourceNotFoundException", message);
export const alreadyExists = (message: string) => new AwsError("ResourceAlreadyExistsException", message);
export const limitExceeded = () =>
  new AwsError("LimitExceededException", "The requested resource exceeds the maximum number allowed.");

/** What nobody here obeys must not be swallowed either. */
export const unsupported = (what: string) =>
  new AwsError("UnknownOperationException", `${what} is not supported by this endpoint.`);

export function refuseMembers(operation: string, input: Input, members: string[]): void {
  const member = members.find((name) => input[name] !== undefined);
  if (member !== undefined) throw unsupported(`${operation} with ${member}`);
}
