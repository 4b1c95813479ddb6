/** Pulumi's mark of a secret value. */
const secretMark = "4dabf18193072939515e22adb298388d";

/** A resource's inputs as plain JSON: secrets opened, assets named, promises and functions marked. */
export function plain(value: unknown, depth = 0): unknown {
  if (typeof value === "function") return "[function]";
  if (value === null || typeof value !== "object") return value;
  if (depth > 30) return "[deep]";
  if (value instanceof Promise) return "[promise]";
  if (Array.isArray(value)) return value.map((each) => plain(each, depth + 1));
  const object = value as Record<string, unknown>;
  if (object[secretMark] !== undefined && "value" in object) return plain(object["value"], depth + 1);
  if (object["__pulumiAsset"] || object["__pulumiArchive"])
    return { asset: object["path"] ?? object["text"] ?? "archive" };
  return Object.fromEntries(
    Object.entries(object)
      .filter(([, each]) => each !== undefined)
      .map(([key, each]) => [key, plain(each, depth + 1)]),
  );
}
