import fc from "fast-check";
import { expect, test } from "vitest";
import { type MediaLink, mediaLinkPath, readMediaLink } from "./media-link.ts";

const jobId = "019a9f3c-5a00-7cc3-98c4-dc0c0c07398f";
const link: MediaLink = {
  jobId,
  s3Path: `image/test-user/2026/11/20/${jobId}/original.png`,
  accountId: "local",
  expiresAt: 1_800_000_000,
};
const before = (link.expiresAt - 1) * 1000;

const parts = (path: string) => {
  const url = new URL(path, "http://localhost");
  const [, , id = "", file = ""] = url.pathname.split("/");
  return { path: { jobId: id, file }, query: Object.fromEntries(url.searchParams) };
};

test("a link that was signed is read back", () => {
  const { path, query } = parts(mediaLinkPath(link, "secret"));
  expect(path.file).toBe("original.png");
  expect(readMediaLink(path, query, "secret", before)).toEqual({ valid: true, link });
});

test("a link has an end", () => {
  const { path, query } = parts(mediaLinkPath(link, "secret"));
  expect(readMediaLink(path, query, "secret", link.expiresAt * 1000)).toEqual({ valid: false, reason: "expired" });
});

test("an expired link that was changed is tampered, so that its expiry tells nothing", () => {
  const { path, query } = parts(mediaLinkPath(link, "secret"));
  const later = { ...query, expires: String(link.expiresAt + 900) };
  expect(readMediaLink(path, later, "secret", link.expiresAt * 1000 + 1)).toEqual({ valid: false, reason: "tampered" });
});

test("another secret, another file, another job and a missing part are all tampered", () => {
  const { path, query } = parts(mediaLinkPath(link, "secret"));
  const tampered = { valid: false, reason: "tampered" };
  expect(readMediaLink(path, query, "other", before)).toEqual(tampered);
  expect(readMediaLink({ ...path, file: "original-1.png" }, query, "secret", before)).toEqual(tampered);
  expect(readMediaLink({ ...path, jobId: "other" }, query, "secret", before)).toEqual(tampered);
  for (const name of Object.keys(query)) {
    expect(readMediaLink(path, { ...query, [name]: undefined }, "secret", before)).toEqual(tampered);
  }
});

test("no changed character of any parameter passes", () => {
  const { path, query } = parts(mediaLinkPath(link, "secret"));
  const names = Object.keys(query);
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.nat(),
      fc.string({ minLength: 1, maxLength: 1 }),
      (name, at, character) => {
        const value = query[name] ?? "";
        const index = at % value.length;
        const changed = value.slice(0, index) + character + value.slice(index + 1);
        fc.pre(changed !== value);
        expect(readMediaLink(path, { ...query, [name]: changed }, "secret", before).valid).toBe(false);
      },
    ),
    { numRuns: 500 },
  );
});
