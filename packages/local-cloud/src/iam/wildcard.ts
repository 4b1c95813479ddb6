const compiled = new Map<string, RegExp>();

/** IAM's wildcards: `*` is any run of characters, `?` is any one. */
export function matchesWildcard(pattern: string, text: string): boolean {
  let expression = compiled.get(pattern);
  if (!expression) {
    const source = pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replace(/\*+/g, ".*")
      .replaceAll("?", ".");
    expression = new RegExp(`^${source}$`, "s");
    compiled.set(pattern, expression);
  }
  return expression.test(text);
}

const segmentCount = 6;

/** A wildcard stays within its segment of the ARN; only a lone `*` is everything. */
export function matchesArn(pattern: string, arn: string): boolean {
  if (pattern === "*") return true;
  const [patterns, segments] = [segmentsOf(pattern), segmentsOf(arn)];
  if (patterns.length !== segmentCount || segments.length !== segmentCount) return false;
  return patterns.every((each, index) => matchesWildcard(each, segments[index] ?? ""));
}

function segmentsOf(arn: string): string[] {
  const parts = arn.split(":");
  return parts.length <= segmentCount
    ? parts
    : [...parts.slice(0, segmentCount - 1), parts.slice(segmentCount - 1).join(":")];
}
