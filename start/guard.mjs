// Read by any Node, so that an old one can say what is missing before it meets TypeScript.
const [major] = process.versions.node.split(".");
if (Number(major) < 24) {
  console.error(
    `VSL needs Node 24 or newer; this is ${process.versions.node}. "npm ci" brings Node 24 along for Linux (x64, arm64) and macOS (x64), ` +
      'and "npm start" uses it. On other machines install Node 24 first.',
  );
  process.exit(1);
}
await import("./main.ts");
