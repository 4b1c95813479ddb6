import { describe, expect, it } from "vitest";
import { jobIdOf } from "../test/examples.ts";
import { jobNamedIn, webhookUrlOf } from "./webhook-url.ts";

const replicate = "https://api.replicate.com/v1";
const double = "http://127.0.0.1:4000/v1";

describe("webhookUrlOf", () => {
  it("names the job, whether or not the API's URL ends with a slash", () => {
    const expected = `https://api.example.com/webhook/replicate?jobId=${jobIdOf(1)}`;
    for (const apiUrl of ["https://api.example.com", "https://api.example.com/"]) {
      expect(webhookUrlOf(jobIdOf(1), { apiUrl, upstreamUrl: replicate })).toBe(expected);
      expect(jobNamedIn(expected)).toBe(jobIdOf(1));
    }
  });

  it.each([
    "http://api.example.com",
    "http://localhost:3000",
    "https://localhost:3000",
    "https://127.0.0.1",
    "https://192.168.1.7",
    "https://[::1]:3000",
    "https://laptop.local",
  ])("is none for the real Replicate at %s, which it could not call", (apiUrl) => {
    expect(webhookUrlOf(jobIdOf(1), { apiUrl, upstreamUrl: replicate })).toBeNull();
  });

  it("takes plain http where upstream runs on this machine", () => {
    expect(webhookUrlOf(jobIdOf(1), { apiUrl: "http://localhost:3000", upstreamUrl: double })).toContain(
      "localhost:3000",
    );
  });
});

describe("jobNamedIn", () => {
  it("finds no job where none is named", () => {
    for (const url of [null, "", "no url", "https://api.example.com/webhook/replicate", "https://a.b/?jobId=1"]) {
      expect(jobNamedIn(url)).toBeNull();
    }
  });
});
