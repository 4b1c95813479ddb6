/**
 * How many bytes an item has beyond dynalite's count, which takes the UTF-16 units of names and texts for bytes where DynamoDB
 * counts UTF-8.
 */
export const uncountedBytes = (item: object): number =>
  sum(Object.entries(item), ([name, value]) => uncountedInText(name) + uncountedInValue(value));

/** Of an attribute's value: one member, named by its type. */
function uncountedInValue(value: unknown): number {
  const { S: text, SS: texts, L: list, M: map }: Record<string, unknown> = Object(value);
  if (text !== undefined) return uncountedInText(text);
  if (Array.isArray(texts)) return sum(texts, uncountedInText);
  if (Array.isArray(list)) return sum(list, uncountedInValue);
  return typeof map === "object" && map !== null ? uncountedBytes(map) : 0;
}

const uncountedInText = (text: unknown) => (typeof text === "string" ? Buffer.byteLength(text) - text.length : 0);

const sum = <T>(members: readonly T[], measure: (member: T) => number) =>
  members.reduce((total, member) => total + measure(member), 0);
