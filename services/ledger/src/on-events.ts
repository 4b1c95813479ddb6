import { Logger } from "@aws-lambda-powertools/logger";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { SQSClient } from "@aws-sdk/client-sqs";
import { hear } from "@vsl/events/hear";
import { createPublisher } from "@vsl/events/publish";
import { createQueuePorts } from "@vsl/events/queue";
import { Resource } from "sst";
import * as z from "zod";
import { createPostgresLedger } from "./adapters/postgres-ledger.ts";
import { createPool } from "./adapters/postgres-pool.ts";
import { databaseLinkSchema } from "./database-link.ts";
import { hears } from "./hears.ts";
import { recordFacts } from "./record-facts.ts";

const links = z
  .object({
    Bus: z.object({ name: z.string() }),
    Database: databaseLinkSchema,
    LedgerQueue: z.object({ url: z.string() }),
    LedgerDeadLetters: z.object({ url: z.string() }),
  })
  .parse(Resource);

const logger = new Logger({ serviceName: "ledger" });
const ledger = createPostgresLedger(createPool(links.Database));

export const handler = hear<typeof hears>({
  hears,
  handle: (events) => recordFacts(ledger, events),
  publish: createPublisher({ client: new EventBridgeClient({}), busName: links.Bus.name }),
  ...createQueuePorts({
    // A queue's URL names SQS's IPv4 endpoint, which the network does not reach.
    client: new SQSClient({ useQueueUrlAsEndpoint: false }),
    queueUrl: links.LedgerQueue.url,
    deadLetterUrl: links.LedgerDeadLetters.url,
  }),
  log: ({ level, message, ...line }) => {
    if (level === "ERROR") logger.error(message, line);
    else if (level === "WARN") logger.warn(message, line);
    else logger.info(message, line);
  },
});
