import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { gather } from "../../test/map-bucket.ts";
import { serve, startOutputServer } from "../../test/output-server.ts";
import { parseOutputHosts } from "../output-hosts.ts";
import { createHttpOutputs } from "./http-outputs.ts";

const file = randomBytes(300_000);
const maxBytes = 1_000_000;
const patience = { idleMs: 100, graceMs: 100, minBytesPerSecond: 1_000_000 };
const soon = () => Date.now() + 60_000;
let canary: Awaited<ReturnType<typeof startOutputServer>>;
let upstream: Awaited<ReturnType<typeof startOutputServer>>;

beforeAll(async () => {
  canary = await startOutputServer({});
  upstream = await startOutputServer({
    "/file": serve(file),
    "/chunked": (_request, response) => void response.write(file, () => response.end()),
    "/truncated": (_request, response) => {
      response.writeHead(200, { "content-length": file.length });
      response.write(file.subarray(0, 1000), () => response.destroy());
    },
    "/chunked-truncated": (_request, response) => void response.write(file, () => response.destroy()),
    "/promises-too-much": (_request, response) =>
      void response.writeHead(200, { "content-length": maxBytes + 1 }).flushHeaders(),
    "/endless": (_request, response) => {
      const more = () => response.write(file, (error) => error ?? setImmediate(more));
      more();
    },
    "/silent": () => {},
    "/stalled": (_request, response) => void response.write(file),
    "/dripping": (_request, response) => {
      const drip = setInterval(() => response.write("x"), 10);
      response.on("close", () => clearInterval(drip));
    },
    "/gone": (_request, response) => void response.writeHead(410).end(),
    "/forbidden": (_request, response) => void response.writeHead(403).end(),
    "/busy": (_request, response) => void response.writeHead(503).end(),
    "/moved": (_request, response) => void response.writeHead(302, { location: "/moved-again" }).end(),
    "/moved-again": (_request, response) => void response.writeHead(307, { location: upstream.url("/file") }).end(),
    "/circle": (_request, response) => void response.writeHead(302, { location: "/circle" }).end(),
    "/to-loopback": (_request, response) => void response.writeHead(302, { location: canary.url("/secret") }).end(),
    "/to-a-file": (_request, response) => void response.writeHead(302, { location: "file:///etc/passwd" }).end(),
  });
});
afterAll(() => {
  upstream.stop();
  canary.stop();
});

const open = (address: string, list = upstream.host, giveUpAt = soon()) =>
  createHttpOutputs({ hosts: parseOutputHosts(list), maxBytes, patience })(address, giveUpAt);
const read = async (path: string, giveUpAt = soon()) =>
  gather((await open(upstream.url(path), upstream.host, giveUpAt)).body);
const lost = (code: string) => ({ name: "OutputLost", failure: { code } });
const unreachable = (message: string) => ({ name: "OutputUnreachable", message: expect.stringContaining(message) });

describe("what comes whole is read", () => {
  test.each(["/file", "/chunked", "/moved"])("%s", async (path) => {
    expect(sha256(await read(path))).toBe(sha256(file));
  });

  test("a data URL", async () => {
    const opened = await open(`data:image/png;base64,${file.toString("base64")}`);
    expect(sha256(await gather(opened.body))).toBe(sha256(file));
    await expect(open("data:nothing")).rejects.toMatchObject(lost("output_missing"));
  });
});

test.each([
  ["/truncated", "broke off"],
  ["/chunked-truncated", "broke off"],
  ["/silent", "did not answer"],
  ["/stalled", "too slowly"],
  ["/dripping", "too slowly"],
  ["/forbidden", "answered 403"],
  ["/busy", "answered 503"],
  ["/circle", "redirects in circles"],
])("%s may be read another time: it %s", async (path, message) => {
  await expect(read(path)).rejects.toMatchObject(unreachable(message));
});

test.each([
  ["/unknown", "output_missing"],
  ["/gone", "output_missing"],
  ["/promises-too-much", "output_too_large"],
  ["/endless", "output_too_large"],
  ["/to-loopback", "output_host_refused"],
  ["/to-a-file", "output_host_refused"],
])("%s is lost: %s", async (path, code) => {
  await expect(read(path)).rejects.toMatchObject(lost(code));
});

test("a private address is never asked, whatever name or redirect leads there", async () => {
  const port = canary.host.split(":")[1];
  await expect(open(`http://localhost:${port}/`, "localhost")).rejects.toMatchObject(lost("output_host_refused"));
  await expect(open("https://localhost/", "localhost")).rejects.toMatchObject(unreachable("did not answer"));
  await expect(open("https://127.0.0.1/", "127.0.0.1")).rejects.toMatchObject(unreachable("no public address"));
  await expect(open("https://[::1]/", "[::1]")).rejects.toMatchObject(unreachable("no public address"));
  expect(canary.requests).toEqual([]);
});

test("nothing is read past the end of the invocation", async () => {
  await expect(read("/silent", Date.now() + 20)).rejects.toMatchObject(unreachable("did not answer"));
  await expect(read("/stalled", Date.now() + 50)).rejects.toMatchObject(unreachable("too slowly"));
});

test("what keeps the reader waiting is the reader's own time", async () => {
  const { body } = await open(upstream.url("/chunked"));
  let bytes = 0;
  for await (const piece of body) {
    // Longer than any patience with upstream.
    if (bytes === 0) await new Promise((resolve) => setTimeout(resolve, 250));
    bytes += piece.length;
  }
  expect(bytes).toBe(file.length);
});

test("no error quotes the address", async () => {
  const errors = await Promise.all(
    ["/busy?token=secret", "/unknown?token=secret"].map((path) => read(path).catch((error: unknown) => String(error))),
  );
  expect(errors.join()).not.toContain("secret");
});

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
