import { invalidPattern } from "./invalid-pattern.ts";

/** `*` stands for any text, also none; `\*` and `\\` for themselves. */
export function wildcardTest(pattern: string): (text: string) => boolean {
  const literals = splitAtStars(pattern);
  const first = literals[0] ?? "";
  const last = literals.at(-1) ?? "";
  if (literals.length === 1) return (text) => text === first;
  const between = literals.slice(1, -1);
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    const end = text.length - last.length;
    let at = first.length;
    for (const literal of between) {
      const found = text.indexOf(literal, at);
      if (found < 0 || found + literal.length > end) return false;
      at = found + literal.length;
    }
    return true;
  };
}

function splitAtStars(pattern: string): string[] {
  const literals: string[] = [];
  let literal = "";
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern.charAt(i);
    const next = pattern.charAt(i + 1);
    if (char === "*") {
      if (next === "*") throw invalidPattern(`Consecutive wildcard characters at pos ${bytePosition(pattern, i)}`);
      literals.push(literal);
      literal = "";
    } else if (char === "\\") {
      if (next !== "*" && next !== "\\") {
        throw invalidPattern(`Invalid escape character at pos ${bytePosition(pattern, i)}`);
      }
      literal += next;
      i++;
    } else {
      literal += char;
    }
  }
  literals.push(literal);
  return literals;
}

/** AWS counts bytes and the opening quote. */
const bytePosition = (pattern: string, index: number) => Buffer.byteLength(pattern.slice(0, index)) + 1;
