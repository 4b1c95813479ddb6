import { describe, expect, it } from "vitest";
import { toAnswer } from "./answer.ts";

const answerTo = (returned: unknown) => {
  const { status, headers, body } = toAnswer(returned);
  return { status, headers, body: body.toString("utf8") };
};

const json: [string, string][] = [["content-type", "application/json"]];

describe("the answer to what a function returned", () => {
  it.each([
    ["Hello from Lambda!", "Hello from Lambda!"],
    [{ message: "Hello" }, '{"message":"Hello"}'],
    [["a"], '["a"]'],
    [null, "null"],
    [undefined, "null"],
    [7, "7"],
  ])("is 200 and JSON for %j, which has no statusCode", (returned, body) => {
    expect(answerTo(returned)).toEqual({ status: 200, headers: json, body });
  });

  it("takes status, headers, cookies and body from a structured response", () => {
    const returned = {
      statusCode: 201,
      headers: { "Content-Type": "text/html", "X-Count": 3, "X-Yes": true, "Content-Length": 999 },
      cookies: ["a=1; Secure", "b=2"],
      body: "<p>ö</p>",
    };
    expect(answerTo(returned)).toEqual({
      status: 201,
      headers: [
        ["content-type", "text/html"],
        ["x-count", "3"],
        ["x-yes", "true"],
        ["set-cookie", "a=1; Secure"],
        ["set-cookie", "b=2"],
      ],
      body: "<p>ö</p>",
    });
  });

  it("is plain text when a structured response names no type", () => {
    expect(answerTo({ statusCode: 204 })).toEqual({
      status: 204,
      headers: [["content-type", "text/plain;charset=UTF-8"]],
      body: "",
    });
  });

  it("holds the bytes of a base64 body", () => {
    const bytes = Buffer.from([0, 255, 128]);
    const returned = { statusCode: 200, body: bytes.toString("base64"), isBase64Encoded: true };
    expect(toAnswer(returned).body).toEqual(bytes);
  });

  it.each([
    { statusCode: "teapot" },
    { statusCode: 42 },
    { statusCode: 200, body: { not: "text" } },
    { statusCode: 200, headers: { "bad name": "x" } },
    { statusCode: 200, headers: { location: "line\nbreak" } },
  ])("is 500 for %j, which API Gateway cannot read", (returned) => {
    expect(answerTo(returned)).toEqual({ status: 500, headers: json, body: '{"message":"Internal Server Error"}' });
  });
});
