import { assumptions } from "./assumptions.ts";
import { type BilledLine, totalUsd } from "./bill.ts";
import { type Ceiling, holds } from "./ceilings.ts";
import { dollars } from "./chart.ts";
import type { Usage } from "./job-costs.ts";
import { type Price, prices } from "./prices.ts";

export interface Volume {
  jobsPerDay: number;
  lines: readonly BilledLine[];
}

export interface Measured {
  date: string;
  alone: { jobs: number; perJob: Usage };
  load: { jobs: number; callers: number; perJob: Usage };
  /** Milliseconds on this machine, by function. */
  durations: ReadonlyMap<string, number>;
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map((_, column) => (column === 0 ? "---" : "--:")), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");

const count = (value: number, digits = 2) => value.toLocaleString("en-US", { maximumFractionDigits: digits });
const kinds = ["standing", "per job", "media"] as const;
const thousandJobs = (jobsPerDay: number) => (jobsPerDay * assumptions.daysPerMonth) / 1000;

/** Before anything is free: what a further job costs. */
export const perThousandJobsUsd = ({ jobsPerDay, lines }: Volume) =>
  totalUsd(lines, ["per job"], "listUsd") / thousandJobs(jobsPerDay);

export function costPage(measured: Measured, volumes: readonly Volume[], ceilings: readonly Ceiling[]): string {
  return `# What VSL costs

Written by \`npm run cost\` on ${measured.date}: the prices of \`bench/cost/prices.ts\` × what the resource graph of \`prod\` holds × what a job
was seen to do, when ${measured.alone.jobs} jobs ran one after the other and ${measured.load.jobs} under load (${measured.load.callers} callers at once), through every endpoint of
the local cloud. us-east-1, without Replicate and without tax. Nothing of it has been compared with a bill of AWS yet.

${table(
  ["ceiling", "at most", "found", ""],
  ceilings.map((ceiling) => [
    ceiling.what,
    String(ceiling.most),
    ceiling.found.toFixed(ceiling.digits),
    holds(ceiling) ? "holds" : "**broken**",
  ]),
)}

![a month's bill, in bars](cost.svg)

## A month

A job costs the same alone as in a crowd here: batches, which make it cheaper, are left out. *List* is before what AWS gives every account
for ever (${freeOf(["dashboardMonth", "alarmMonth", "metricMonth", "sqsRequest", "lambdaGbSecond"])} …); whoever uses that up elsewhere pays
the list. *Media* are the files of one month, kept for half of it on average, and one download of each; they depend on what is generated
(${count(assumptions.mediaBytesPerJob / 1e6)} MB a job assumed) and are no part of "variable".

${volumes.map(monthTable).join("\n\n")}

## What a job does

${table(["of a job", "alone", "under load"], operationRows(measured))}

Under load the pollers fetch several messages at once and facts of a job share writes; a job with an \`Idempotency-Key\` costs three
write units more.

## Assumed

The ceiling of $0.10 for 1,000 jobs holds narrowly and rests on these figures; it is not proven before AWS has measured them.

${assumptionList(measured)}

## Prices

${table(
  ["a", "$", "free a month", "source", "date"],
  Object.values<Price>(prices).map(({ unit, usd, freePerMonth, source, date }) => [
    unit,
    shown(usd),
    freePerMonth === undefined ? "" : count(freePerMonth),
    source,
    date,
  ]),
)}
`;
}

const shown = (usd: number) => (usd < 0.001 ? `${count(usd * 1e6, 4)} a million` : String(usd));

const freeOf = (names: readonly (keyof typeof prices)[]) =>
  names
    .map((name) => {
      const price: Price = prices[name];
      return `${count(price.freePerMonth ?? 0)} × ${price.unit.replace("-month", "")}`;
    })
    .join(", ");

function monthTable({ jobsPerDay, lines }: Volume): string {
  const rows = lines
    .filter(({ listUsd }) => listUsd >= 0.005)
    .sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || b.listUsd - a.listUsd)
    .map(({ kind, group, item, quantity, listUsd, usd }) => [
      `${group}: ${item}`,
      kind,
      count(quantity, quantity < 100 ? 2 : 0),
      dollars(listUsd),
      dollars(usd),
    ]);
  const totals = kinds.map((kind) => [
    `**${kind}**`,
    "",
    "",
    `**${dollars(totalUsd(lines, [kind], "listUsd"))}**`,
    `**${dollars(totalUsd(lines, [kind]))}**`,
  ]);
  const all = [
    "**everything**",
    "",
    "",
    `**${dollars(totalUsd(lines, kinds, "listUsd"))}**`,
    `**${dollars(totalUsd(lines, kinds))}**`,
  ];
  const heading = `### ${count(jobsPerDay)} jobs a day: ${dollars(totalUsd(lines, kinds))} a month`;
  const further = `A thousand further jobs: $${perThousandJobsUsd({ jobsPerDay, lines }).toFixed(3)}, at list prices, without media.`;
  return `${heading}\n\n${table(["", "", "units", "list", "billed"], [...rows, ...totals, all])}\n\n${further}`;
}

function operationRows({ alone, load }: Measured): string[][] {
  const rows: [string, (usage: Usage) => number][] = [
    ["events put on the bus", ({ tally }) => tally.events],
    ["DynamoDB write units", ({ tally }) => tally.writeUnits],
    ["DynamoDB read units", ({ tally }) => tally.readUnits],
    ["SQS: messages sent by rules", ({ tally }) => tally.sqsSends],
    ["SQS: receives and deletes", ({ tally }) => tally.sqsOthers],
    ["S3: PutObject", ({ tally }) => tally.s3Puts],
    ["S3: lists", ({ tally }) => tally.s3Lists],
    ["S3: reads", ({ tally }) => tally.s3Reads],
    ["Redis commands", ({ commands }) => commands],
    ["PutMetricData", ({ tally }) => tally.metricCalls],
    ["invocations", ({ tally }) => [...tally.invocations.values()].reduce((sum, { count: own }) => sum + own, 0)],
    ["bytes of own log", ({ logBytes }) => logBytes],
  ];
  return rows.map(([name, of]) => [name, count(of(alone.perJob)), count(of(load.perJob))]);
}

function assumptionList({ durations }: Measured): string {
  const { coldStarts, platformLogBytes, traced, billedMs } = assumptions;
  const seen = (name: string) => `${count(durations.get(name) ?? 0, 0)}`;
  return [
    "- Lambda polls each queue with five long polls of 20 seconds when nothing comes (AWS, *Using Lambda with Amazon SQS*: five at first; that they are billed: cloudburn.io/blog/amazon-sqs-pricing).",
    `- Billed milliseconds of an invocation, and in brackets those measured on the machine that ran this: ${Object.entries(
      billedMs,
    )
      .map(([name, ms]) => `${name} ${ms} (${seen(name)})`)
      .join(", ")}.`,
    `- ${coldStarts.share * 100}% of the invocations are cold starts, which bill ${coldStarts.ms} ms more.`,
    `- Where the graph does not silence it, Lambda logs ${platformLogBytes.invocation} bytes of an invocation by itself; API Gateway logs ${platformLogBytes.request} of a request.`,
    `- X-Ray records ${traced.perSecond} request a second and ${traced.shareOfOthers * 100}% of the others, of the functions that begin traces.`,
    "- A caller asks every second how its job is, and downloads what it gets once.",
    "- The archive holds as much as its retention keeps; tables and files are those of the first month.",
  ].join("\n");
}
