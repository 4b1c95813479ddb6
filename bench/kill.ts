/**
 * `npm run bench:kill`: the local cloud is killed with SIGKILL in the middle of 1,000 mixed writes (SQS, DynamoDB and its transactions,
 * S3, PutEvents), started again, and asked for everything that it had acknowledged. Ends with 1 if anything is missing.
 */
import { parseArgs } from "node:util";
import { killRound } from "../packages/local-cloud/test/kill/kill-round.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "20" },
    writes: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
  },
});
const firstSeed = Number(values.seed);
const writes = Number(values.writes);

console.log("seed  acknowledged  cut off or not begun  lost  torn  restart");
let isWhole = true;
for (let seed = firstSeed; seed < firstSeed + Number(values.rounds); seed++) {
  const { acknowledged, unacknowledged, lost, torn, restartMs } = await killRound({ seed, writes });
  const cells = [
    String(seed).padEnd(4),
    String(acknowledged).padStart(12),
    String(unacknowledged).padStart(20),
    String(lost.length).padStart(4),
    String(torn.length).padStart(4),
    `${(restartMs / 1000).toFixed(1)} s`,
  ];
  console.log(cells.join("  "));
  for (const missing of [...lost, ...torn]) console.log(`      ${missing}`);
  isWhole &&= lost.length === 0 && torn.length === 0;
}
console.log(isWhole ? "everything acknowledged was there" : "something acknowledged was missing");
process.exitCode = isWhole ? 0 : 1;
