import { expect, test } from "vitest";
import { connectPostgres } from "./connect-postgres.ts";

test.each([
  ["localhost", "DATABASE_URL is not a URL"],
  ["mysql://u:p@localhost/db", 'begins with "mysql://"'],
  ["postgresql://localhost:5432", "names no user and no database"],
])("tells what is wrong with %j and how it should look", async (url, reason) => {
  await expect(connectPostgres(url)).rejects.toThrow(reason);
  await expect(connectPostgres(url)).rejects.toThrow("postgresql://user:password@host:5432/database");
});
