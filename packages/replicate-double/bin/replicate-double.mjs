#!/usr/bin/env node
// Old syntax up to the import, so that an old Node can say what is wrong.
const [major] = process.versions.node.split(".");
if (Number(major) < 24) {
  process.stderr.write(`replicate-double needs Node 24 or newer; this is ${process.versions.node}.\n`);
  process.exit(1);
}
await import("../src/main.ts");
