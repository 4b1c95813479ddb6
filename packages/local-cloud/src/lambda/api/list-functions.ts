import { AwsError } from "../../endpoint/aws-error.ts";
import type { FunctionTopology } from "../../topology.ts";
import { validationError } from "./function-name.ts";

/** However many are asked for, AWS answers no more at once. */
const maxPage = 50;

/** A page of functions by name; the marker names the last of the page before. */
export function pageOfFunctions(functions: readonly FunctionTopology[], query: URLSearchParams) {
  const size = readMaxItems(query.get("MaxItems"));
  const marker = query.get("Marker");
  const after = marker === null ? "" : readMarker(marker);
  const rest = functions.filter(({ name }) => name > after).toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const page = rest.slice(0, size);
  const last = page.at(-1);
  return { page, nextMarker: last !== undefined && rest.length > size ? toMarker(last.name) : undefined };
}

function readMaxItems(text: string | null): number {
  if (text === null) return maxPage;
  const wanted = Number(text);
  if (Number.isInteger(wanted) && wanted >= 1 && wanted <= 10_000) return Math.min(wanted, maxPage);
  const bound = wanted < 1 ? "greater than or equal to 1" : "less than or equal to 10000";
  throw validationError(`Value '${text}' at 'maxItems' failed to satisfy constraint: Member must have value ${bound}`);
}

const toMarker = (name: string) => Buffer.from(JSON.stringify({ after: name })).toString("base64url");

function readMarker(marker: string): string {
  try {
    return String(JSON.parse(Buffer.from(marker, "base64url").toString()).after);
  } catch {
    throw new AwsError("InvalidParameterValueException", "Invalid Marker", { members: { Type: "User" } });
  }
}
