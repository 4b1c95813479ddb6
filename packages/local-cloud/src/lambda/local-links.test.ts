import { describe, expect, it } from "vitest";
import { fixtureFunction } from "../../test/fixtures/function-topology.ts";
import { type LocalValues, localLinks } from "./local-links.ts";

const local: LocalValues = {
  url: "http://127.0.0.1:3000",
  queueUrl: (name) => `http://127.0.0.1:4566/000000000000/${name}`,
  postgres: {
    host: "127.0.0.1",
    port: 5432,
    username: "postgres",
    password: "pw",
    database: "app",
    sslmode: "require",
  },
  redis: { host: "127.0.0.1", port: 6379, username: "default", password: "", tls: true },
  secrets: { Token: "t0ken" },
  overrides: {},
};

const linked = (link: Record<string, unknown>, changes: Partial<LocalValues> = {}) =>
  localLinks([fixtureFunction("echo", { links: { Token: link } })], { ...local, ...changes })["Token"];

describe("local links", () => {
  it("lay what runs here over the topology's links, by type", () => {
    const url = "https://sqs.us-east-1.amazonaws.com/123456789012/app-local-LedgerQueue";
    expect(linked({ type: "sst.aws.Queue", url })).toEqual({
      type: "sst.aws.Queue",
      url: "http://127.0.0.1:4566/000000000000/app-local-LedgerQueue",
    });
    expect(linked({ type: "sst.aws.ApiGatewayV2", url: "https://x.amazonaws.com" })).toMatchObject({ url: local.url });
    expect(linked({ type: "sst.aws.Postgres", host: "rds" })).toMatchObject({ password: "pw", sslmode: "require" });
    expect(linked({ type: "sst.aws.Redis", host: "cache" })).toMatchObject({ port: 6379, tls: true });
    expect(linked({ type: "sst.sst.Secret", value: "placeholder" })).toMatchObject({ value: "t0ken" });
  });

  it("keep what has the same name in both places", () => {
    const bus = { type: "sst.aws.Bus", name: "bus", arn: "arn:aws:events:us-east-1:000000000000:event-bus/bus" };
    expect(linked(bus)).toEqual(bus);
  });

  it("leave the last word to the caller", () => {
    const overrides = { Token: { value: "other", extra: 1 } };
    expect(linked({ type: "sst.sst.Secret" }, { overrides, secrets: {} })).toEqual({
      type: "sst.sst.Secret",
      value: "other",
      extra: 1,
    });
  });

  it("name the secret that has no value, and the engine that does not run", () => {
    expect(() => linked({ type: "sst.sst.Secret" }, { secrets: {} })).toThrow("--secret Token=");
    expect(() => linked({ type: "sst.aws.Postgres" }, { postgres: undefined })).toThrow("Token links a Postgres");
  });
});
