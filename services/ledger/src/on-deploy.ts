import { Logger } from "@aws-lambda-powertools/logger";
import { Resource } from "sst";
import * as z from "zod";
import { listPending, migrate } from "./adapters/postgres-migrations.ts";
import { databaseLinkSchema } from "./database-link.ts";

const links = z.object({ Database: databaseLinkSchema }).parse(Resource);
const logger = new Logger({ serviceName: "ledger" });

const askedSchema = z.object({ check: z.literal(true) });

/**
 * Invoked once by each deploy, before anything writes to the new schema: answers with the migrations that it ran. Asked to check,
 * it runs none, and answers with those that did not run.
 */
export const handler = async (request: unknown): Promise<{ migrated: string[] } | { pending: string[] }> => {
  if (askedSchema.safeParse(request).success) return { pending: await listPending(links.Database) };
  const migrated = await migrate(links.Database);
  logger.info("migrated", { migrated });
  return { migrated };
};
