import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { withClients } from "../clients.ts";
import { type Command, Misuse } from "../command.ts";
import { describeFinding, examine } from "../doctor/check.ts";
import { checksOf } from "../doctor/checks.ts";
import { explainTrouble } from "../doctor/explain.ts";
import { findLocal } from "../doctor/local.ts";
import { findOnAws } from "../doctor/on-aws.ts";
import { findStage } from "../stage.ts";

const usage = `Usage: npm run doctor
       npm run doctor -- --stage <stage>

Tests a running system from outside, and changes nothing: what npm start runs here, or a stage on AWS with your own AWS credentials.
Each check is one line: ✓ as it should be, ✗ with the cause and the next step, – not tested, with the reason. Ends with 1 after any ✗.`;

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Says what is wrong with a system, and what to do about it. */
export const doctor: Command = {
  summary: "test a running system from outside",
  usage,
  async run(args, { dataDir, print, now }) {
    const webhookSecret = process.env["REPLICATE_WEBHOOK_SECRET"] || null;
    const stage = findStage(readStageName(args), dataDir);
    await withClients(stage, async (clients) => {
      const world = stage.isLocal ? findLocal({ dataDir, webhookSecret }) : await findOnAws(stage, root);
      const findings = await examine(checksOf(world, { stage, clients, now }), (error) => explainTrouble(error, stage));
      for (const finding of findings) print(describeFinding(finding));
      const wrong = findings.filter(({ verdict }) => verdict.kind === "bad").length;
      if (wrong > 0) throw new Misuse(`${wrong} of ${findings.length} checks found something wrong.`);
    });
  },
};

function readStageName(args: string[]): string | undefined {
  try {
    return parseArgs({ args, options: { stage: { type: "string" } } }).values.stage;
  } catch (error) {
    throw new Misuse(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  }
}
