import { expect, test } from "vitest";
import { signDownload } from "../src/files/sign-download.ts";
import { advanceClock, clientOf, getJson, startForTest, temporaryDirectory } from "./harness.ts";

const photo = new File(["a photo of a harbour"], "photo.webp", { type: "image/webp" });
const filesSecret = "the secret of the files";

test("an upload shows its size, type, checksums and metadata, and when it will be gone", async () => {
  const double = await startForTest();
  const replicate = clientOf(double);
  const file = await replicate.files.create(photo, { customer_reference_id: "123" });
  expect(file).toEqual({
    id: expect.stringMatching(/^[\w-]{48}$/),
    name: "photo.webp",
    content_type: "image/webp",
    size: 20,
    etag: "188e16a40f919ce4e2a6b0dead409609",
    checksums: {
      sha256: "9affad548b8a0f98eae1622d4a7235fc238b0dd967558676852c713b3e17fa8c",
      md5: "188e16a40f919ce4e2a6b0dead409609",
    },
    metadata: { customer_reference_id: "123" },
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    expires_at: expect.any(String),
    urls: { get: `${double.url}/v1/files/${file.id}` },
  });
  expect(Date.parse(file.expires_at ?? "") - Date.parse(file.created_at)).toBe(24 * 3_600_000);
  expect(await replicate.files.get(file.id)).toEqual(file);
});

test("uploads are listed the latest first, and deleted once", async () => {
  const replicate = clientOf(await startForTest());
  const first = await replicate.files.create(Buffer.from("first"));
  const second = await replicate.files.create(Buffer.from("second"));
  expect(first).toMatchObject({ content_type: "application/octet-stream", metadata: {} });
  expect((await replicate.files.list()).results.map(({ id }) => id)).toEqual([second.id, first.id]);
  expect(await replicate.files.delete(first.id)).toBe(true);
  await expect(replicate.files.delete(first.id)).rejects.toThrow("File not found");
  expect((await replicate.files.list()).results).toEqual([second]);
});

test("an upload is gone after a day, but not by a restart", async () => {
  const dataDir = await temporaryDirectory();
  const before = await startForTest({ dataDir });
  const { id } = await clientOf(before).files.create(photo);
  await before.close();
  const after = await startForTest({ dataDir });
  const replicate = clientOf(after);
  expect(await replicate.files.get(id)).toMatchObject({ size: 20 });
  await advanceClock(after, 24 * 3_600 + 1);
  await expect(replicate.files.get(id)).rejects.toThrow("404");
  expect((await replicate.files.list()).results).toEqual([]);
});

test("the content is for whoever has a signed link that has not run out", async () => {
  const double = await startForTest({ filesSecret });
  const replicate = clientOf(double);
  const { id, urls } = await replicate.files.create(photo);
  const { username: owner } = await replicate.accounts.current();
  const expiry = Math.floor(Date.now() / 1000) + 60;
  const link = (query: { owner: string; expiry: number; signature: string }) =>
    `${urls.get}/download?${new URLSearchParams({ ...query, expiry: String(query.expiry) })}`;
  const signature = signDownload(filesSecret, { owner, id, expiry });
  const content = await fetch(link({ owner, expiry, signature }));
  expect(content.headers.get("content-type")).toBe("image/webp");
  expect(await content.text()).toBe("a photo of a harbour");
  const late = {
    owner,
    expiry: expiry - 120,
    signature: signDownload(filesSecret, { owner, id, expiry: expiry - 120 }),
  };
  for (const wrong of [{ owner, expiry, signature: "forged" }, { owner, expiry: expiry + 1, signature }, late]) {
    expect(await getJson(link(wrong))).toEqual({ status: 404, body: { detail: "File not found", status: 404 } });
  }
});

test("what is too large, has no content or no readable metadata is refused", async () => {
  const { url, token } = await startForTest();
  const upload = (body: FormData | string, headers: Record<string, string> = {}) =>
    getJson(`${url}/v1/files`, { method: "POST", headers: { authorization: `Bearer ${token}`, ...headers }, body });
  const form = (fields: Record<string, string | Blob>) => {
    const filled = new FormData();
    for (const [name, value] of Object.entries(fields)) filled.append(name, value);
    return filled;
  };
  const huge = new Blob([new Uint8Array(100 * 1024 * 1024 + 1)]);
  const tooLarge = { detail: "Files must be less than 100MB in size", status: 413 };
  expect(await upload(form({ content: huge }))).toEqual({ status: 413, body: tooLarge });
  expect((await upload(form({ metadata: "{}" }))).status).toBe(400);
  expect((await upload(form({ content: photo, metadata: "[]" }))).status).toBe(400);
  expect((await upload(form({ content: photo, filename: "x".repeat(256) }))).status).toBe(400);
  expect((await upload(form({ content: photo, type: "text/plain\r\nx: y" }))).status).toBe(400);
  expect((await upload("plain")).status).toBe(400);
  expect(await upload(form({ content: photo, type: "text/plain", filename: "harbour.txt" }))).toMatchObject({
    status: 201,
    body: { name: "harbour.txt", content_type: "text/plain" },
  });
});
