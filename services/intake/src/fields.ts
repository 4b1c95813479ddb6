import type { z } from "zod";

/** One thing that is wrong with a request, as the caller reads it. */
export interface Field {
  path: string;
  message: string;
}

/** Every issue with its path. Names of unknown keys are paths of their own; values are never repeated. */
export function fieldsOf(error: z.ZodError, under: readonly string[] = []): Field[] {
  return error.issues.flatMap((issue) => {
    const path = [...under, ...issue.path.map(String)];
    if (issue.code !== "unrecognized_keys") return [{ path: path.join("."), message: issue.message }];
    return issue.keys.map((key) => ({ path: [...path, key].join("."), message: "is not known here" }));
  });
}
