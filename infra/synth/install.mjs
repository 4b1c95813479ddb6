/** `npm run sst:install`: SST's platform into `.sst/`, from the npm registry alone, unless this version is there already. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const { version } = JSON.parse(readFileSync(`${root}node_modules/sst/package.json`, "utf8"));
const mark = `${root}.sst/platform/.installed-for-synth`;

if (!existsSync(mark) || readFileSync(mark, "utf8") !== version) {
  console.log(`installing SST ${version}'s platform into .sst (about a minute, 320 MB)…`);
  const { status } = spawnSync(`${root}node_modules/.bin/sst`, ["install"], {
    cwd: root,
    stdio: "inherit",
    env: {
      ...process.env,
      DO_NOT_TRACK: "1",
      NO_BUN: "1",
      SST_SKIP_DEPENDENCY_CHECK: "1",
      SST_STAGE: "local",
      AWS_EC2_METADATA_DISABLED: "true",
    },
  });
  if (status !== 0) {
    console.error("sst install failed: is the npm registry reachable? Remove .sst and try again.");
    process.exit(1);
  }
  writeFileSync(mark, version);
}
