/** Runs at most `atOnce` at a time, starts them in order, and answers in the order of the items what became of each. */
export async function inParallel<Item, Answer>(
  items: readonly Item[],
  atOnce: number,
  run: (item: Item) => Promise<Answer>,
): Promise<PromiseSettledResult<Answer>[]> {
  const settled: PromiseSettledResult<Answer>[] = [];
  const queue = items.entries();
  const work = async () => {
    for (const [index, item] of queue) [settled[index]] = await Promise.allSettled([run(item)]);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work));
  return settled;
}
