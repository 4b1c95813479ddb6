import { mediaLinkPath } from "@vsl/events/media-link";
import { expect, test } from "vitest";
import { answerMediaRequest, type RequestLine } from "./answer-media-request.ts";
import { BucketUnavailable } from "./media-bucket.ts";
import { openMediaLink } from "./open-media-link.ts";

const secret = "a secret of sixteen or more";
const jobId = "019a9f3c-5a00-7cc3-98c4-dc0c0c07398f";
const s3Path = `image/u/2026/11/20/${jobId}/original.png`;
const now = Date.parse("2026-11-20T10:31:00Z");
const expiresAt = now / 1000 + 900;

function setUp({ contentType = "image/png" as string | null, failure = null as Error | null } = {}) {
  const lines: RequestLine[] = [];
  const ports = {
    mediaLinkSecret: secret,
    findContentType: async () => {
      if (failure) throw failure;
      return contentType;
    },
    presign: async (key: string, { disposition, seconds }: { disposition: string; seconds: number }) =>
      `https://bucket/${key}?${new URLSearchParams({ disposition, seconds: String(seconds) })}&X-Amz-Signature=abc`,
    now: () => now,
  };
  const handler = answerMediaRequest({
    openMediaLink: (request) => openMediaLink(ports, request),
    log: (line) => lines.push(line),
    now: () => now,
  });
  const get = (path: string) => {
    const { pathname, searchParams } = new URL(path, "http://vsl");
    const [, , job = "", file = ""] = pathname.split("/");
    return handler({
      pathParameters: { jobId: job, file },
      queryStringParameters: Object.fromEntries(searchParams),
    });
  };
  return { lines, get };
}
const link = (changes = {}) => mediaLinkPath({ jobId, s3Path, accountId: "local", expiresAt, ...changes }, secret);

test("a link of ours leads to the object for five minutes, shown in place under the job's name", async () => {
  const { get } = setUp();
  const { statusCode, headers } = await get(link());
  expect(statusCode).toBe(302);
  expect(headers["cache-control"]).toBe("private, no-store");
  const location = new URL(headers["location"] ?? "");
  expect(location.pathname).toBe(`/${s3Path}`);
  expect(location.searchParams.get("seconds")).toBe("300");
  expect(location.searchParams.get("disposition")).toBe(`inline; filename="${jobId}-original.png"`);
});

test("what is no media is saved to a file, not shown", async () => {
  const { get } = setUp({ contentType: "text/html" });
  const { headers } = await get(link());
  expect(headers["location"]).toContain("disposition=attachment");
});

test.each([
  ["an expired link", link({ expiresAt: now / 1000 }), 403, "link.expired"],
  ["another account's link", link().replace("account=local", "account=other"), 403, "link.tampered"],
  ["another job's file", link().replace(`/media/${jobId}`, `/media/${jobId.replace("a", "b")}`), 403, "link.tampered"],
  ["a link without a signature", `/media/${jobId}/original.png`, 403, "link.tampered"],
])("%s is refused", async (_, path, status, code) => {
  const { get } = setUp();
  const { statusCode, headers, body } = await get(path);
  expect([statusCode, JSON.parse(body)]).toMatchObject([status, { code, error: expect.any(String) }]);
  expect(headers["cache-control"]).toBe("private, no-store");
});

test("an object that is not there is unknown", async () => {
  const { statusCode, body } = await setUp({ contentType: null }).get(link());
  expect([statusCode, JSON.parse(body)]).toMatchObject([404, { code: "media.unknown" }]);
});

test("a bucket that cannot be asked is said to be, and when to come again", async () => {
  const failure = new BucketUnavailable("the bucket could not be asked");
  const { statusCode, headers, body } = await setUp({ failure }).get(link());
  expect([statusCode, headers["retry-after"], JSON.parse(body)]).toMatchObject([503, "5", { code: "unavailable" }]);
});

test("our own bug tells the caller nothing", async () => {
  const { statusCode, body } = await setUp({ failure: new TypeError("undefined is not a function") }).get(link());
  expect([statusCode, body]).toEqual([500, '{"error":"Internal error","code":"internal"}']);
});

test("a request is one line, without the link or where it leads", async () => {
  const { get, lines } = setUp();
  await get(link());
  await get(link({ expiresAt: 1 }));
  expect(lines).toMatchObject([
    { level: "INFO", httpStatus: 302, jobId },
    { level: "INFO", httpStatus: 403, code: "link.expired" },
  ]);
  expect(JSON.stringify(lines)).not.toMatch(/signature|original\.png/i);
});
