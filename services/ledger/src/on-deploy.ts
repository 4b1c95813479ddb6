import { Logger } from "@aws-lambda-powertools/logger";
import { Resource } from "sst";
import { z } from "zod";
import { migrate } from "./adapters/postgres-migrations.ts";
import { databaseLinkSchema } from "./database-link.ts";

const links = z.object({ Database: databaseLinkSchema }).parse(Resource);
const logger = new Logger({ serviceName: "ledger" });

/** Invoked once by each deploy, before anything writes to the new schema. Answers with the migrations that it ran. */
export const handler = async (): Promise<{ migrated: string[] }> => {
  const migrated = await migrate(links.Database);
  logger.info("migrated", { migrated });
  return { migrated };
};
