import { previewReplay } from "@vsl/events/preview";
import { Resource } from "sst";
import * as z from "zod";
import { createDocumentClient } from "./adapters/dynamo-client.ts";
import { createJobTable } from "./adapters/dynamo-jobs.ts";
import { hears } from "./hears.ts";
import { previewEvents } from "./preview-events.ts";

const links = z.object({ RealtimeJobs: z.object({ name: z.string() }) }).parse(Resource);

const jobs = createJobTable({ client: createDocumentClient(), tableName: links.RealtimeJobs.name });

export const handler = previewReplay({ hears, preview: (events) => previewEvents(jobs, events) });
