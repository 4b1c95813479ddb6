import { Rejected } from "@vsl/events";

export const maxBodyBytes = 1024 * 1024;
const maxDepth = 16;
const maxMembers = 1000;

/** Reads a request's JSON. Whatever could be expensive or sly is refused before any schema looks at it. */
export function parseBody(text: string): unknown {
  assertSmall(text);
  const body = parseJson(text);
  assertPlain(body);
  return body;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Rejected("body.not_json", "The body is not JSON");
  }
}

/** One pass over the text, so that ten thousand levels or a hundred thousand keys cost no parse. */
function assertSmall(text: string): void {
  let depth = 0;
  let members = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (inString) {
      if (character === BACKSLASH) at++;
      else if (character === QUOTE) inString = false;
    } else if (character === QUOTE) inString = true;
    else if (character === OPEN_BRACE || character === OPEN_BRACKET) depth++;
    else if (character === CLOSE_BRACE || character === CLOSE_BRACKET) depth--;
    else if (character === COMMA) members++;
    if (depth > maxDepth) throw new Rejected("body.too_deep", `The body is nested deeper than ${maxDepth} levels`);
    if (members > maxMembers)
      throw new Rejected("body.too_many_members", `The body has more than ${maxMembers} members`);
  }
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];

const slyKeys = new Set(["__proto__", "constructor", "prototype"]);

/** Walks what `assertSmall` let through. Postgres can store neither NUL nor half a surrogate pair, so nobody gets them. */
function assertPlain(value: unknown, path = ""): void {
  if (typeof value === "string" && (value.includes("\0") || !value.isWellFormed())) {
    const message = "must not contain NUL or half a surrogate pair";
    throw new Rejected("body.invalid_text", "The body has text that is not valid", [{ path, message }]);
  }
  if (typeof value !== "object" || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    if (slyKeys.has(key)) throw new Rejected("body.forbidden_key", `The body has a key that is refused: ${key}`);
    assertPlain(key, path);
    assertPlain(member, path === "" ? key : `${path}.${key}`);
  }
}

/** The same text for the same JSON, whatever the order of its keys and its white space. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === "object" && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
