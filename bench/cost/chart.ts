import { type BilledLine, totalUsd } from "./bill.ts";

export interface Bar {
  label: string;
  lines: readonly BilledLine[];
}

const width = 860;
const rowHeight = 22;
const labelWidth = 170;
const valueWidth = 80;
const gapBetweenBars = 46;
/** Told apart also without colours: every row carries its name. */
const colours = { standing: "#3b6ea5", "per job": "#d9822b", media: "#8a8f98" };

/** A bar for each group of each bill, in SVG. */
export function chart(bars: readonly Bar[]): string {
  let y = 0;
  const parts = bars.map(({ label, lines }) => {
    const groups = groupsOf(lines);
    const largest = Math.max(...groups.map(({ usd }) => usd));
    const perUsd = (width - labelWidth - valueWidth) / largest;
    const top = y;
    y += gapBetweenBars + groups.length * rowHeight;
    const rows = groups.map((group, index) => row(group, top + 34 + index * rowHeight, perUsd));
    const total = totalUsd(lines, ["standing", "per job", "media"]);
    const title = `<text x="0" y="${top + 18}" class="title">${label}: ${dollars(total)} a month</text>`;
    return [title, ...rows].join("\n");
  });
  const legend = Object.entries(colours).map(
    ([kind, colour], index) =>
      `<rect x="${labelWidth + index * 130}" y="${y}" width="12" height="12" fill="${colour}"/>` +
      `<text x="${labelWidth + 18 + index * 130}" y="${y + 11}">${kind}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y + 24}" width="${width}" height="${y + 24}" role="img" aria-label="What VSL costs a month">
<style>text{font:13px system-ui,sans-serif;fill:#24292f}.title{font-weight:600;font-size:15px}@media (prefers-color-scheme:dark){text{fill:#e6edf3}}</style>
${[...parts, ...legend].join("\n")}
</svg>
`;
}

interface Group {
  name: string;
  usd: number;
  parts: { kind: BilledLine["kind"]; usd: number }[];
}

export function groupsOf(lines: readonly BilledLine[]): Group[] {
  const kinds = ["standing", "per job", "media"] as const;
  return [...Map.groupBy(lines, ({ group }) => group)]
    .map(([name, own]) => ({
      name,
      usd: totalUsd(own, kinds),
      parts: kinds.map((kind) => ({ kind, usd: totalUsd(own, [kind]) })).filter(({ usd }) => usd > 0),
    }))
    .filter(({ usd }) => usd >= 0.005)
    .sort((a, b) => b.usd - a.usd);
}

function row({ name, usd, parts }: Group, y: number, perUsd: number): string {
  let x = labelWidth;
  const rects = parts.map((part) => {
    const length = Math.max(1, part.usd * perUsd);
    const rect = `<rect x="${x.toFixed(1)}" y="${y}" width="${length.toFixed(1)}" height="14" fill="${colours[part.kind]}"/>`;
    x += length;
    return rect;
  });
  const value = `<text x="${(x + 6).toFixed(1)}" y="${y + 12}">${dollars(usd)}</text>`;
  return `<text x="${labelWidth - 8}" y="${y + 12}" text-anchor="end">${name}</text>${rects.join("")}${value}`;
}

export const dollars = (usd: number) => `$${usd.toFixed(2)}`;
