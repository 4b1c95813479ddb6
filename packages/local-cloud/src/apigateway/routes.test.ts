import { describe, expect, it } from "vitest";
import { compileRoutes } from "./routes.ts";

const keys = (...routeKeys: string[]) => compileRoutes(routeKeys.map((routeKey) => ({ routeKey, function: routeKey })));

describe("the route of a request", () => {
  // The example of API Gateway's own documentation.
  it.each([
    ["GET", "/pets/dog/1", "GET /pets/dog/1"],
    ["GET", "/pets/dog/2", "GET /pets/dog/{id}"],
    ["GET", "/pets/cat/1", "GET /pets/{proxy+}"],
    ["POST", "/test/5", "ANY /{proxy+}"],
    ["POST", "/pets/dog/1", "ANY /{proxy+}"],
    ["GET", "/", "$default"],
  ])("of %s %s is %s", (method, path, routeKey) => {
    const match = keys("$default", "ANY /{proxy+}", "GET /pets/{proxy+}", "GET /pets/dog/{id}", "GET /pets/dog/1");
    expect(match(method, path)?.routeKey).toBe(routeKey);
  });

  it("prefers the method itself to ANY, whatever the order of the routes", () => {
    expect(keys("ANY /a", "GET /a")("GET", "/a")?.routeKey).toBe("GET /a");
    expect(keys("GET /a", "ANY /a")("POST", "/a")?.routeKey).toBe("ANY /a");
  });

  it("names the variables of the path", () => {
    const match = keys("GET /media/{jobId}/{file}", "GET /files/{proxy+}");
    expect(match("GET", "/media/j 1/original.png")?.pathParameters).toEqual({ jobId: "j 1", file: "original.png" });
    expect(match("GET", "/files/a/b/c")?.pathParameters).toEqual({ proxy: "a/b/c" });
  });

  it("is none for another method, another path, an empty variable or one slash more", () => {
    const match = keys("GET /status/{jobId}", "GET /files/{proxy+}");
    const none: [string, string][] = [
      ["POST", "/status/1"],
      ["GET", "/status"],
      ["GET", "/status/"],
      ["GET", "/status/1/"],
      ["GET", "/status/1/2"],
      ["GET", "/files/"],
      ["GET", "/"],
    ];
    for (const [method, path] of none) expect(match(method, path)).toBeUndefined();
  });
});
