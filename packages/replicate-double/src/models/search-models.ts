/** Anything that has words to be found by. */
interface Searchable {
  name: string;
  description: string | null;
}

/** Words of a query, whatever its quotes: the official client sends it as JSON. */
const wordsOf = (query: string) => query.toLowerCase().match(/[\p{L}\p{N}.]+/gu) ?? [];

/** How well it fits: each word counts in the description, and twice in the name; 0 when any word is in neither. */
function scoreOf({ name, description }: Searchable, query: string, tags: readonly string[] = []): number {
  const scores = wordsOf(query).map((word) => {
    const inName = name.toLowerCase().includes(word) ? 2 : 0;
    const inText = [description ?? "", ...tags].some((text) => text.toLowerCase().includes(word)) ? 1 : 0;
    return inName + inText;
  });
  return scores.includes(0) ? 0 : scores.reduce((sum, score) => sum + score, 0);
}

/** What fits the query, the best first; equals keep their order. */
export function findBest<Item extends Searchable>(
  items: readonly Item[],
  query: string,
  tagsOf: (item: Item) => readonly string[] = () => [],
): { item: Item; score: number }[] {
  return items
    .map((item) => ({ item, score: scoreOf(item, query, tagsOf(item)) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score);
}
