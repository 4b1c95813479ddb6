const maxOutputs = 100;
const maxDepth = 4;

/** The file URLs of whatever shape a model answers in: one, a list, named ones, lists of named ones; in their order. */
export function outputUrls(output: unknown): string[] {
  return collect(output, maxDepth).slice(0, maxOutputs);
}

function collect(value: unknown, depth: number): string[] {
  if (typeof value === "string") return isFileUrl(value) ? [value] : [];
  if (typeof value !== "object" || value === null || depth === 0) return [];
  return Object.values(value).flatMap((member) => collect(member, depth - 1));
}

const isFileUrl = (value: string) => /^https?:\/\//i.test(value) && URL.canParse(value);
