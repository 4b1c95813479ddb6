/** Redis' patterns: `*`, `?`, `[a-z]`, `[^a]`, and a backslash before what is meant as it is. They match bytes. */
export function globToRegExp(pattern: string): RegExp {
  let source = "";
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at);
    if (character === "*") source += "[^]*";
    else if (character === "?") source += "[^]";
    else if (character === "\\" && at + 1 < pattern.length) source += literal(pattern.charAt(++at));
    else if (character === "[") {
      const set = readSet(pattern, at + 1);
      source += set.source;
      at = set.end;
    } else source += literal(character);
  }
  return new RegExp(`^${source}$`);
}

/** What stands between brackets; one that is never closed goes to the pattern's end. */
function readSet(pattern: string, start: number): { source: string; end: number } {
  const isNegated = pattern.charAt(start) === "^";
  let members = "";
  let at = isNegated ? start + 1 : start;
  for (; at < pattern.length && pattern.charAt(at) !== "]"; at++) {
    if (pattern.charAt(at) === "\\" && at + 1 < pattern.length) members += literal(pattern.charAt(++at));
    else if (pattern.charAt(at + 1) === "-" && at + 2 < pattern.length) {
      const [from = "", to = ""] = [pattern.charAt(at), pattern.charAt(at + 2)].sort();
      members += `${literal(from)}-${literal(to)}`;
      at += 2;
    } else members += literal(pattern.charAt(at));
  }
  return { source: `[${isNegated ? "^" : ""}${members}]`, end: at };
}

const literal = (character: string) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
