import { type Price, type PriceName, prices } from "./prices.ts";

export interface Line {
  group: string;
  item: string;
  price: PriceName;
  /** Units in a month. */
  quantity: number;
  /** Standing costs come also without a job; media is what callers keep and download, whatever its size. */
  kind: "standing" | "per job" | "media";
}

export interface BilledLine extends Line {
  /** Before what AWS gives to every account. */
  listUsd: number;
  usd: number;
}

/** Lines of the same item are one. What is free is taken off the first lines of its price. */
export function bill(lines: readonly Line[]): BilledLine[] {
  const freeLeft = new Map<PriceName, number>();
  return [
    ...Map.groupBy(lines, ({ group, item, price, kind }) => `${group} ${item} ${price} ${kind}`).values(),
  ].flatMap((same) => {
    const [first] = same;
    if (!first) return [];
    const quantity = same.reduce((sum, line) => sum + line.quantity, 0);
    const price: Price = prices[first.price];
    const free = Math.min(quantity, freeLeft.get(first.price) ?? price.freePerMonth ?? 0);
    freeLeft.set(first.price, (freeLeft.get(first.price) ?? price.freePerMonth ?? 0) - free);
    return [{ ...first, quantity, listUsd: quantity * price.usd, usd: (quantity - free) * price.usd }];
  });
}

export const totalUsd = (
  lines: readonly BilledLine[],
  kinds: readonly Line["kind"][],
  which: "usd" | "listUsd" = "usd",
) => lines.filter(({ kind }) => kinds.includes(kind)).reduce((sum, line) => sum + line[which], 0);
