type Json = Record<string, unknown>;

/** The text of `sst-env.d.ts`, which SST itself writes only after a deploy: the types of `Resource` in handlers. */
export function linksFile(links: Record<string, Json>): string {
  return `/* This file is made by "npm run synth". Do not edit. */
/* biome-ignore-all lint: generated */

declare module "sst" {
  export interface Resource ${typeOf(links, 1)}
}

import "sst";
export {};
`;
}

function typeOf(value: unknown, depth: number): string {
  if (value === null || typeof value !== "object") return typeof value;
  const indent = "  ".repeat(depth);
  const members = Object.entries(value as Json)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([name, member]) =>
        `${indent}  ${JSON.stringify(name)}: ${name === "type" ? JSON.stringify(member) : typeOf(member, depth + 1)}`,
    );
  return `{\n${members.join("\n")}\n${indent}}`;
}
