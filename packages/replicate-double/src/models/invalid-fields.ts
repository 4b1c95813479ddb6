import type { z } from "zod";

/** One entry of `invalid_fields`, in the words of the JSON Schema validator behind Replicate's API. */
export interface InvalidField {
  type: string;
  field: string;
  description: string;
}

/** Needs issues that were parsed with `reportInput`, since "given: …" is part of the answer. */
export function invalidFields(issues: readonly z.core.$ZodIssue[], prefix: readonly string[] = []): InvalidField[] {
  return issues.flatMap((issue) => invalidFieldsOf(issue, [...prefix, ...issue.path.map(String)]));
}

function invalidFieldsOf(issue: z.core.$ZodIssue, path: string[]): InvalidField[] {
  const field = path.join(".");
  const name = path.at(-1) ?? "";
  if (issue.input === undefined && issue.code !== "unrecognized_keys") {
    return [{ type: "required", field: path.slice(0, -1).join("."), description: `${name} is required` }];
  }
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({
        type: "additional_property_not_allowed",
        field,
        description: `Additional property ${key} is not allowed`,
      }));
    case "invalid_value": {
      const allowed = issue.values.map((value) => JSON.stringify(value)).join(", ");
      return [{ type: "enum", field, description: `${name} must be one of the following: ${allowed}` }];
    }
    case "too_small":
      return [{ type: "number_gte", field, description: `Must be greater than or equal to ${issue.minimum}` }];
    case "too_big":
      return [{ type: "number_lte", field, description: `Must be less than or equal to ${issue.maximum}` }];
    case "invalid_type": {
      const expected = issue.expected === "int" ? "integer" : issue.expected === "record" ? "object" : issue.expected;
      return [
        {
          type: "invalid_type",
          field,
          description: `Invalid type. Expected: ${expected}, given: ${given(issue.input)}`,
        },
      ];
    }
    case "invalid_format":
      return [{ type: "format", field, description: "Does not match format 'uri'" }];
    default:
      return [{ type: issue.code, field, description: issue.message }];
  }
}

function given(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
}
