import { previewReplay } from "@vsl/events/preview";
import { Resource } from "sst";
import * as z from "zod";
import { createPool } from "./adapters/postgres-pool.ts";
import { createPostgresPreview } from "./adapters/postgres-preview.ts";
import { databaseLinkSchema } from "./database-link.ts";
import { hears } from "./hears.ts";

const links = z.object({ Database: databaseLinkSchema }).parse(Resource);

export const handler = previewReplay({ hears, preview: createPostgresPreview(createPool(links.Database)) });
