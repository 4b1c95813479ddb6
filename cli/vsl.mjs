// Read by any Node, so that an old one can say what is missing before it meets TypeScript.
const [major] = process.versions.node.split(".");
if (Number(major) < 24) {
  console.error(
    `vsl needs Node 24 or newer; this is ${process.versions.node}. "npm ci" brings it: call "npm run vsl -- …".`,
  );
  process.exit(1);
}
await import("./main.ts");
