/** `npm run cost`: what a month costs, from the resource graph and a real run; writes docs/cost.md and fails over a ceiling. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { secretHints } from "../../infra/secrets.ts";
import { evaluate } from "../../infra/synth/evaluate.ts";
import { bill, type Line, totalUsd } from "./bill.ts";
import { ceilingsOf, holds } from "./ceilings.ts";
import { chart, dollars, groupsOf } from "./chart.ts";
import { jobCosts, type System, scheduleCosts, shortName } from "./job-costs.ts";
import { measure } from "./measure.ts";
import { costPage, perThousandJobsUsd } from "./page.ts";
import { standingCosts } from "./standing-costs.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const minutesPerMonth = 730 * 60;
const volumes = [1_000, 100_000];

console.log("  the resource graph of prod …");
const secrets = Object.fromEntries(Object.keys(secretHints).map((name) => [name, "set-at-deploy"]));
const apps = ["platform", "intake", "replicate-bridge", "storage", "ledger"];
const graphs = await Promise.all(apps.map((service) => evaluate({ root, stage: "prod", service, secrets })));
const functions = graphs.flatMap((graph) => graph.functions());
const integrations = graphs.flatMap((graph) => graph.all("Integration"));
const system: System = {
  functions: new Map(functions.map((fn) => [shortName(fn.name), fn])),
  routed: new Set(
    integrations.map(({ inputs }) => shortName(String(inputs["integrationUri"]).split(":").at(-1) ?? "")),
  ),
  retentionDays: Number(graphs.flatMap((graph) => graph.all("EventArchive"))[0]?.inputs["retentionDays"] ?? 0),
};

const { measured, load, schedules } = await measure((line) => console.log(`  ${line}`));
for (const { expression } of schedules) {
  if (expression !== "rate(1 minute)") throw new Error(`a schedule of ${expression} is not reckoned with`);
}
/** Each with its dimensions that was seen, and each that a line of log makes. */
const metricNames = new Set([...load.tally.metrics, ...graphs.flatMap(metricsOfLogs)]);
const standing: Line[] = [
  ...standingCosts(graphs),
  ...scheduleCosts(
    schedules.map(({ usage }) => ({ usage, perMonth: minutesPerMonth })),
    system,
  ),
  { group: "CloudWatch", item: "metrics", price: "metricMonth", quantity: metricNames.size, kind: "standing" },
];
const bills = volumes.map((jobsPerDay) => ({
  jobsPerDay,
  lines: bill([...standing, ...jobCosts(measured.alone.perJob, jobsPerDay, system)]),
}));
const [small] = bills;
if (!small) throw new Error("no volume");

const ceilings = ceilingsOf({
  monthUsd: totalUsd(small.lines, ["standing", "per job", "media"]),
  perThousandJobsUsd: Math.max(...bills.map(perThousandJobsUsd)),
  load: load.tally,
  ...{ jobs: load.jobs, outputs: load.jobs, redis: load.redis },
});

writeFileSync(join(root, "docs", "cost.md"), costPage(measured, bills, ceilings));
const bars = bills.map(({ jobsPerDay, lines }) => ({
  label: `${jobsPerDay.toLocaleString("en-US")} jobs a day`,
  lines,
}));
writeFileSync(join(root, "docs", "cost.svg"), chart(bars));

for (const { label, lines } of bars) {
  console.log(`\n${label}: ${dollars(totalUsd(lines, ["standing", "per job", "media"]))} a month`);
  for (const { name, usd } of groupsOf(lines)) console.log(`  ${name.padEnd(12)} ${dollars(usd).padStart(9)}`);
}
console.log();
for (const ceiling of ceilings) {
  const found = ceiling.found.toFixed(ceiling.digits).padStart(8);
  console.log(`  ${holds(ceiling) ? "✓" : "✗"} ${ceiling.what.padEnd(55)} ${found}  at most ${ceiling.most}`);
}
console.log("\n  written: docs/cost.md, docs/cost.svg");
if (!ceilings.every(holds)) process.exitCode = 1;

function metricsOfLogs(graph: (typeof graphs)[number]): string[] {
  return graph
    .all("LogMetricFilter")
    .map(({ inputs }) => JSON.stringify(Object(inputs["metricTransformation"])["name"]));
}
