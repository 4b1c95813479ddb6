import fc from "fast-check";
import { expect, test } from "vitest";
import { listPage, type Page } from "./list-page.ts";

interface Entry {
  key: string;
}

const order = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

function scanOf(keys: string[]) {
  const sorted = [...new Set(keys)].sort(order);
  return (from: Uint8Array, limit: number): Entry[] =>
    sorted
      .filter((key) => Buffer.compare(Buffer.from(key), from) >= 0)
      .slice(0, limit)
      .map((key) => ({ key }));
}

/** What S3 promises, said slowly: all keys with the prefix, cut at the delimiter, each once, in byte order. */
function reference(keys: string[], prefix: string, delimiter: string): string[] {
  const cut = keys
    .filter((key) => key.startsWith(prefix))
    .map((key) => {
      const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
      return end < 0 ? key : `${key.slice(0, end + delimiter.length)}*`;
    });
  return [...new Set(cut)].sort(order);
}

const names = ({ entries, commonPrefixes }: Page<Entry>) =>
  [...entries.map(({ key }) => key), ...commonPrefixes.map((common) => `${common}*`)].sort(order);

test("the pages together are the whole listing, whatever the keys, prefix, delimiter and page length", () => {
  const key = fc.string({
    unit: fc.constantFrom("a", "b", "/", "é", "\u{10ffff}", "\uffff"),
    minLength: 1,
    maxLength: 6,
  });
  const prefix = fc.constantFrom("", "a", "a/", "é", "\u{10ffff}");
  const delimiter = fc.constantFrom("", "/", "b", "//", "\u{10ffff}");
  fc.assert(
    fc.property(fc.array(key, { maxLength: 40 }), prefix, delimiter, fc.integer({ min: 1, max: 9 }), (...sample) => {
      const [keys, prefix, delimiter, maximumKeys] = sample;
      const pages: Page<Entry>[] = [];
      for (let from: Buffer | undefined = Buffer.alloc(0); from; from = pages.at(-1)?.next) {
        pages.push(listPage(scanOf(keys), { prefix, delimiter, from, maximumKeys }));
      }
      expect(pages.flatMap(names).sort(order)).toEqual(reference(keys, prefix, delimiter));
      for (const page of pages.slice(0, -1)) expect(names(page)).toHaveLength(maximumKeys);
      // No page but that of an empty listing is empty.
      if (pages.length > 1) expect(names(pages.at(-1) ?? pages[0] ?? fail())).not.toHaveLength(0);
    }),
    { numRuns: 500 },
  );
});

function fail(): never {
  throw new Error("there is no page");
}

test("a listing of no keys at all says that there is nothing further", () => {
  expect(listPage(scanOf(["a"]), { prefix: "", delimiter: "", from: Buffer.alloc(0), maximumKeys: 0 })).toEqual({
    entries: [],
    commonPrefixes: [],
    next: undefined,
  });
});

test("a common prefix costs one scan, however much lies beneath it", () => {
  const scan = scanOf(Array.from({ length: 2000 }, (_, index) => `deep/${index}`));
  let scans = 0;
  const counted = (from: Uint8Array, limit: number) => {
    scans++;
    return scan(from, limit);
  };
  const page = listPage(counted, { prefix: "", delimiter: "/", from: Buffer.alloc(0), maximumKeys: 10 });
  expect(page.commonPrefixes).toEqual(["deep/"]);
  expect(scans).toBe(2);
});
