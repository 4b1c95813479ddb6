#!/usr/bin/env node
// Nothing newer than this here: an older Node must get as far as the message.
if (Number(process.versions.node.split(".")[0]) < 24) {
  console.error(`local-cloud needs Node 24 or newer; this is ${process.version}.`);
  process.exit(1);
}
import("../src/main.ts").catch((error) => {
  console.error(error);
  process.exit(1);
});
