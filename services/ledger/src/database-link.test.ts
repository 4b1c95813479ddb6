import { expect, test } from "vitest";
import { connectionOf } from "./database-link.ts";

const link = { host: "db.example.com", port: 5432, username: "vsl", password: "p", database: "vsl" };

test("a database over a network is reached with TLS, one on this machine without", () => {
  expect(connectionOf(link)).toMatchObject({ host: "db.example.com", user: "vsl", ssl: { rejectUnauthorized: false } });
  expect(connectionOf({ ...link, host: "127.0.0.1" })).toMatchObject({ ssl: false });
});

test("the link's own sslmode has the last word", () => {
  expect(connectionOf({ ...link, sslmode: "verify-full" })).toMatchObject({ ssl: { rejectUnauthorized: true } });
  expect(connectionOf({ ...link, sslmode: "disable" })).toMatchObject({ ssl: false });
});
