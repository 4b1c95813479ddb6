import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { type LocalCloud, parseTopology, startLocalCloud } from "@vsl/local-cloud";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

const root = fileURLToPath(new URL("../", import.meta.url));
const topology = parseTopology(JSON.parse(await readFile(join(root, "topology.json"), "utf8")));
const troubles: string[] = [];

let dataDir: string;
let cloud: LocalCloud;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "thumbnails-"));
  const report = ({ message }: { message: string }) => troubles.push(message);
  cloud = await startLocalCloud({ topology, root, dataDir, port: 0, awsPort: 0, secrets: {}, report });
});

afterAll(async () => {
  await cloud?.stop();
  await rm(dataDir, { recursive: true });
});

async function send(
  body: string | Uint8Array<ArrayBuffer>,
  contentType = "image/png",
): Promise<{ status: number; id: string }> {
  const response = await fetch(`${cloud.url}/pictures`, {
    method: "POST",
    body,
    headers: { "content-type": contentType },
  });
  const { id } = Object(await response.json());
  return { status: response.status, id };
}

const show = async (id: string) => Object(await (await fetch(`${cloud.url}/pictures/${id}`)).json());

const until = (id: string, status: string) =>
  vi.waitFor(
    async () => {
      const shown = await show(id);
      expect(shown).toMatchObject({ status });
      return shown;
    },
    { timeout: 10_000, interval: 50 },
  );

describe("the thumbnails app on the local cloud", () => {
  it("makes a thumbnail of a picture, to be fetched by its link", async () => {
    const picture = sharp({ create: { width: 640, height: 320, channels: 3, background: "teal" } });
    const { status, id } = await send(new Uint8Array(await picture.png().toBuffer()));
    expect(status).toBe(202);
    const { width, height, thumbnailUrl } = await until(id, "ready");
    expect([width, height]).toEqual([640, 320]);
    const response = await fetch(thumbnailUrl);
    expect(response.headers.get("content-type")).toBe("image/webp");
    const thumbnail = await sharp(await response.arrayBuffer()).metadata();
    expect(thumbnail).toMatchObject({ format: "webp", width: 128, height: 64 });
  });

  it("says of what is no picture that it is none, and refuses what does not claim to be one", async () => {
    const { id } = await send("not a picture at all");
    expect(await until(id, "unreadable")).not.toHaveProperty("thumbnailUrl");
    expect(await send("hello", "text/plain")).toMatchObject({ status: 400 });
    expect(await show("nobody")).toEqual({ error: "There is no such picture." });
  });

  it("lets the schedule's function be invoked from outside, with an input of one's own", async () => {
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    const lambda = new LambdaClient({ endpoint: cloud.endpointUrl, region: "us-east-1", credentials });
    const FunctionName = topology.schedules[0]?.function;
    const { Payload } = await lambda.send(new InvokeCommand({ FunctionName, Payload: '{"olderThanMinutes":0}' }));
    expect(Payload?.transformToString()).toBe('{"retried":0}');
    lambda.destroy();
  });

  it("may be used from any page, as its API says", async () => {
    const headers = { origin: "https://elsewhere.example", "access-control-request-method": "POST" };
    const { status, headers: answered } = await fetch(`${cloud.url}/pictures`, { method: "OPTIONS", headers });
    expect([status, answered.get("access-control-allow-origin")]).toEqual([204, "*"]);
    expect(troubles).toEqual([]);
  });
});
