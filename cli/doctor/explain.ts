import { Misuse } from "../command.ts";
import { notRunning, type Stage } from "../stage.ts";
import { bad, skipped, type Verdict } from "./check.ts";

/** Why a check could not find anything out. What the caller has no right to ask says nothing against the stage. */
export function explainTrouble(error: unknown, stage: Stage): Verdict {
  if (notRunning(stage, error)) return bad(`nothing answers at ${stage.client.endpoint}`, "Start VSL with npm start.");
  if (!(error instanceof Error)) return bad(String(error), "Try again.");
  const { name, message } = error;
  const said = message.replaceAll(/\s*\n\s*/g, " ").replace(/\.$/, "");
  if (/AccessDenied|NotAuthorized/.test(`${name} ${message}`)) return skipped(`your AWS identity may not ask: ${said}`);
  if (/Credentials|ExpiredToken|UnrecognizedClient|InvalidClientTokenId/i.test(`${name} ${message}`)) {
    return bad(`AWS cannot be asked: ${said}`, "Sign in, and see that aws sts get-caller-identity answers.");
  }
  if (/Region is missing/.test(message))
    return bad("AWS cannot be asked without a region", "Set AWS_REGION=us-east-1.");
  if ("code" in error && /^(E[A-Z]+|UND_ERR)/.test(String(error.code))) {
    return bad(said, "Is this machine online, and no firewall between?");
  }
  if (/ResourceNotFound|NotFound/.test(name)) return bad(said, "Is the stage's name right, and all of it deployed?");
  return bad(
    said,
    error instanceof Misuse ? "Deploy what is missing." : "Try again; if it stays, read the log that it names.",
  );
}
