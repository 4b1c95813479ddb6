import { isObject, isScalar, type Scalar } from "./scalar.ts";

/** Which element of which arrays a leaf lies in, innermost first. */
export type Membership = { array: number; index: number; outer: Membership } | null;

interface Leaf {
  value: Scalar;
  membership: Membership;
}

/** The leaves of an event by dotted path; elements of an array share the array's path, and an empty array has none. */
export type FlatEvent = ReadonlyMap<string, Leaf[]>;

export function flattenEvent(event: unknown): FlatEvent {
  const leaves = new Map<string, Leaf[]>();
  let arrays = 0;
  const visit = (value: unknown, path: string, membership: Membership): void => {
    if (Array.isArray(value)) {
      const array = arrays++;
      for (const [index, element] of value.entries()) visit(element, path, { array, index, outer: membership });
    } else if (isObject(value)) {
      for (const [name, member] of Object.entries(value)) {
        visit(member, path === "" ? name : `${path}.${name}`, membership);
      }
    } else if (isScalar(value)) {
      const here = leaves.get(path);
      if (here) here.push({ value, membership });
      else leaves.set(path, [{ value, membership }]);
    }
  };
  visit(event, "", null);
  return leaves;
}
