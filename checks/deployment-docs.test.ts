import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { secretHints, secretsOf } from "../infra/secrets.ts";
import { appNames, serviceNames } from "../infra/service-names.ts";

const root = new URL("../", import.meta.url);
const read = (file: string) => readFileSync(new URL(file, root), "utf8");
const pages = ["docs/deployment.md", "docs/development.md"].map((file) => ({ file, page: read(file) }));
const all = pages.map(({ page }) => page).join("\n");
const found = (pattern: RegExp) => [...new Set([...all.matchAll(pattern)].map(([, match]) => match ?? ""))];

test("commands are scripts that there are", () => {
  const { scripts } = JSON.parse(read("package.json"));
  for (const script of found(/npm run ([\w:]+)/g)) expect(Object.keys(scripts)).toContain(script);
});

test("services are named as they deploy", () => {
  for (const app of found(/SERVICE=([\w-]+)/g)) expect(appNames).toContain(app);
  for (const app of found(/--service ([\w-]+)/g)) expect(appNames).toContain(app);
});

test("every secret is set, in the app that it belongs to", () => {
  const page = read("docs/deployment.md");
  for (const app of appNames) {
    for (const name of secretsOf(app)) expect(page).toContain(`SERVICE=${app} npx sst secret set ${name} `);
  }
  for (const name of found(/sst secret set (\w+)/g)) expect(Object.keys(secretHints)).toContain(name);
});

test("parameters are published, and named things are made", () => {
  const infra = ["infra/platform.ts", ...serviceNames.map((service) => `services/${service}/infra.ts`)];
  const code = [...infra, "infra/network.ts", "infra/watch-platform.ts", "infra/alarms.ts"].map(read).join("\n");
  const parameters = found(/\/vsl\/\w+\/platform\/([\w-]+[a-z])\b/g).filter((name) => name !== "database");
  for (const name of parameters) expect(code).toContain(`"${name}"`);
  for (const fn of found(/`((?:intake|bridge|storage|ledger)-(?:http|events|migrate|sweep|webhook|reconcile))`/g)) {
    expect(code).toContain(`"${fn}"`);
  }
  for (const queue of found(/vsl-homolog-([a-z-]+)-dead-letters/g)) expect(serviceNames).toContain(queue);
});

test.each(pages)("links of $file lead somewhere", ({ file, page }) => {
  const here = new URL(file, root);
  for (const [, link] of page.matchAll(/\]\((?!https?:|#)([^)#]+)\)/g)) {
    expect(existsSync(new URL(link ?? "", here)), link).toBe(true);
  }
  const headings = [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    (heading ?? "")
      .toLowerCase()
      .replaceAll(/[^\w -]/g, "")
      .replaceAll(" ", "-"),
  );
  for (const [, anchor] of page.matchAll(/\]\(#([^)]+)\)/g)) expect(headings).toContain(anchor);
});
