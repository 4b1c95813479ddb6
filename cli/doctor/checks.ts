import { serviceNames } from "@vsl/events";
import type { Clients } from "../clients.ts";
import { countDeadLetters } from "../service-place.ts";
import { physicalName, type Stage } from "../stage.ts";
import { createBusLook } from "./ask-eventbridge.ts";
import { askPending } from "./ask-ledger.ts";
import { archiveRecords, busThere } from "./bus.ts";
import { type Call, createCall } from "./call.ts";
import { type Check, good, skipped } from "./check.ts";
import { noDeadLetters } from "./dead-letters.ts";
import { migrationsCurrent } from "./migrations.ts";
import { generateMediaRefuses, statusRefuses } from "./refusals.ts";
import { signedWebhookTaken, unsignedWebhookRefused } from "./webhook.ts";
import type { World } from "./world.ts";

interface Surrounding {
  stage: Stage;
  clients: Clients;
  now: () => number;
}

/** Everything that a doctor looks at, from the outside in. */
export function checksOf(world: World, { stage, clients: { events, lambda, sqs }, now }: Surrounding): Check[] {
  const { api, secrets, remedies } = world;
  const bus = createBusLook(events, stage);
  const ofStage = stage.isLocal ? "" : ` --stage ${stage.name}`;
  return [
    { name: "address of the API", find: async () => ("url" in api ? good(api.url) : api.unknown) },
    ...throughTheDoor(world, now),
    ...secrets,
    migrationsCurrent({
      listPending: () => askPending(lambda, physicalName(stage, "ledger-migrate")),
      remedy: remedies.ledger,
    }),
    ...serviceNames.map((service) =>
      noDeadLetters({
        service,
        count: () => countDeadLetters(sqs, stage, service),
        command: `npm run vsl -- dlq list --service ${service}${ofStage}`,
      }),
    ),
    busThere({ ...bus, remedy: remedies.platform }),
    archiveRecords({ ...bus, remedy: remedies.platform }),
  ];
}

function throughTheDoor({ api, mayBeOpen, readWebhookSecret, remedies }: World, now: () => number): Check[] {
  const through = (call: Call) => [
    generateMediaRefuses({ call, mayBeOpen, remedy: remedies.intake }),
    statusRefuses({ call, mayBeOpen, remedy: remedies.intake }),
    unsignedWebhookRefused({ call, remedy: remedies.bridge }),
    signedWebhookTaken({ call, now, readSecret: readWebhookSecret, remedy: remedies.signature }),
  ];
  if ("url" in api) return through(createCall(api.url));
  const find = async () => skipped("the API's address is not known");
  return through(createCall("")).map(({ name }) => ({ name, find }));
}
