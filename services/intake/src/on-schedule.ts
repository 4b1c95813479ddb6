import { Logger } from "@aws-lambda-powertools/logger";
import { Resource } from "sst";
import * as z from "zod";
import { createDocumentClient } from "./adapters/dynamo-client.ts";
import { createJobTable } from "./adapters/dynamo-jobs.ts";
import { createBus } from "./adapters/eventbridge-bus.ts";
import { announceForgotten } from "./announce-forgotten.ts";

const links = z
  .object({ Bus: z.object({ name: z.string() }), RealtimeJobs: z.object({ name: z.string() }) })
  .parse(Resource);

const logger = new Logger({ serviceName: "intake" });
const jobs = createJobTable({ client: createDocumentClient(), tableName: links.RealtimeJobs.name });
const publish = createBus({ busName: links.Bus.name });

export const handler = async () => {
  const announced = await announceForgotten({ ...jobs, publish });
  if (announced > 0) logger.warn("jobs were announced by the sweeper", { announced });
};
