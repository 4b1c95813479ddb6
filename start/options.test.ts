import { expect, test } from "vitest";
import { readOptions } from "./options.ts";

test("nothing need be set", () => {
  expect(readOptions([], {})).toMatchObject({
    port: 3000,
    awsPort: 4566,
    dataDir: ".vsl",
    requireKeys: false,
    fresh: false,
  });
});

test("an empty variable is an unset one", () => {
  expect(readOptions([], { PORT: "", DATABASE_URL: "" })).toMatchObject({ port: 3000, databaseUrl: undefined });
});

test.each([
  [{ PORT: "http" }, "PORT is not a number: correct it"],
  [{ PORT: "70000" }, "PORT is above 65535"],
  [{ VSL_REQUIRE_KEYS: "yes" }, "VSL_REQUIRE_KEYS is neither 0 nor 1"],
  [{ REPLICATE_WEBHOOK_SECRET: "secret-value" }, "REPLICATE_WEBHOOK_SECRET does not begin with whsec_"],
])("%o is refused by name, without its value", (env, message) => {
  expect(() => readOptions([], env)).toThrow(message);
  expect(() => readOptions([], env)).not.toThrow("secret-value");
});

test("jobs that cost money are kept apart from those of the stand-in", () => {
  expect(readOptions([], { REPLICATE_API_TOKEN: "r8_x" }).dataDir).toBe(".vsl-replicate");
  expect(readOptions([], { REPLICATE_API_TOKEN: "r8_x", VSL_DATA: "mine" }).dataDir).toBe("mine");
});

test("an unknown flag is refused", () => {
  expect(() => readOptions(["--fesh"], {})).toThrow("--fesh");
});
