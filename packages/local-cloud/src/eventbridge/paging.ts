import { validationError } from "./input.ts";

/** One page of a list that is sorted by `key`; the token names the last key given, so it survives changes in between. */
export function pageOf<T>(
  sorted: T[],
  key: (item: T) => string,
  { Limit = 100, NextToken }: { Limit?: number | undefined; NextToken?: string | undefined },
): { page: T[]; NextToken?: string } {
  const after = NextToken === undefined ? undefined : readToken(NextToken);
  const rest = after === undefined ? sorted : sorted.filter((item) => key(item) > after);
  const page = rest.slice(0, Limit);
  const last = page.at(-1);
  return rest.length > Limit && last !== undefined ? { page, NextToken: makeToken(key(last)) } : { page };
}

const makeToken = (lastKey: string) => Buffer.from(JSON.stringify({ after: lastKey })).toString("base64url");

function readToken(token: string): string {
  try {
    const read: unknown = JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
    if (typeof read === "object" && read !== null && "after" in read && typeof read.after === "string") {
      return read.after;
    }
  } catch {
    // Falls through: not a token of ours.
  }
  throw validationError("Parameter NextToken is not valid.");
}
