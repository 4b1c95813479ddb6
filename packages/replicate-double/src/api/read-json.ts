import type { ApiContext } from "./environment.ts";
import { malformedBody } from "./problem.ts";

/** The body as JSON; read more than once without harm, since Hono keeps it. */
export async function readJson(context: ApiContext): Promise<unknown> {
  const text = await context.req.text();
  try {
    return JSON.parse(text);
  } catch {
    throw malformedBody();
  }
}
