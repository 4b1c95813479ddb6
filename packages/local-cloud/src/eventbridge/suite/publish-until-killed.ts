import { createEventBridge } from "../eventbridge.ts";
import { account, region } from "./places.ts";

/** A process that publishes without end, and tells its parent each event id as soon as PutEvents has answered. */
const dataDir = process.argv[2];
if (dataDir === undefined || process.send === undefined) throw new Error("Wants a folder, and a parent to tell.");
const tell = process.send.bind(process);

const service = createEventBridge({
  dataDir,
  region,
  account,
  deliver: () => new Promise(() => {}),
  report: () => {},
});
const Entries = [{ Source: "shop", DetailType: "OrderPlaced", Detail: "{}" }];
for (;;) {
  const answers = await Promise.all(Array.from({ length: 5 }, () => service.call("PutEvents", { Entries })));
  for (const answer of answers) tell(answer);
}
