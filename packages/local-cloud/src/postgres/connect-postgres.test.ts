import { once } from "node:events";
import { createServer } from "node:net";
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

test("tells which sslmodes there are", async () => {
  await expect(connectPostgres("postgresql://u:p@localhost/db?sslmode=maybe")).rejects.toThrow(
    'the sslmode "maybe": use one of disable, require, no-verify, verify-ca, verify-full',
  );
});

test("asks for TLS where the URL does, and says what to do when there is none", async () => {
  const server = createServer((socket) => socket.once("data", () => socket.end("N"))).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  await expect(connectPostgres(`postgresql://u:p@127.0.0.1:${port}/db?sslmode=require`)).rejects.toThrow(
    `Postgres at 127.0.0.1:${port} does not speak TLS: write "?sslmode=disable"`,
  );
  server.close();
});
