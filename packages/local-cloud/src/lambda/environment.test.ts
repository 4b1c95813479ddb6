import { describe, expect, it } from "vitest";
import { fixtureFunction } from "../../test/fixtures/function-topology.ts";
import { serviceEnvironment } from "./environment.ts";

const facts = {
  app: "vsl",
  stage: "local",
  region: "eu-west-1",
  endpointUrl: "http://127.0.0.1:4566",
  links: { Bus: { name: "bus" }, Db: { host: "127.0.0.1" } },
  inherited: {
    PATH: "/bin",
    HOME: "/home/dev",
    TZ: "Asia/Tokyo",
    AWS_PROFILE: "prod",
    NODE_CHANNEL_FD: "3",
    NODE_ENV: "x",
  },
};

describe("a service's environment", () => {
  it("inherits PATH, HOME and Node's own variables, and nothing else", () => {
    const environment = serviceEnvironment("ledger", [fixtureFunction("echo")], facts);
    expect(environment).toMatchObject({ PATH: "/bin", HOME: "/home/dev", NODE_ENV: "x", TZ: "UTC" });
    expect(environment).not.toHaveProperty("AWS_PROFILE");
    expect(environment).not.toHaveProperty("NODE_CHANNEL_FD");
  });

  it("speaks of this machine's AWS", () => {
    expect(serviceEnvironment("ledger", [fixtureFunction("echo")], facts)).toMatchObject({
      AWS_ENDPOINT_URL: "http://127.0.0.1:4566",
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_LAMBDA_FUNCTION_NAME: "ledger",
    });
  });

  it("has credentials of its own", () => {
    const credentialsOf = (service: string) => ({ accessKeyId: `key of ${service}`, secretAccessKey: "secret" });
    expect(serviceEnvironment("ledger", [fixtureFunction("echo")], { ...facts, credentialsOf })).toMatchObject({
      AWS_ACCESS_KEY_ID: "key of ledger",
      AWS_SECRET_ACCESS_KEY: "secret",
    });
  });

  it("holds the links of its functions and of no others", () => {
    const environment = serviceEnvironment("ledger", [fixtureFunction("echo", { links: { Bus: {} } })], facts);
    expect(environment["SST_RESOURCE_App"]).toBe('{"name":"vsl","stage":"local"}');
    expect(environment["SST_RESOURCE_Bus"]).toBe('{"name":"bus"}');
    expect(environment).not.toHaveProperty("SST_RESOURCE_Db");
  });

  it("refuses two values of one variable, naming it", () => {
    const one = fixtureFunction("echo", { environment: { MODE: "a" } });
    const other = fixtureFunction("say", { environment: { MODE: "b" } });
    expect(() => serviceEnvironment("ledger", [one, other], facts)).toThrow("MODE");
  });
});
