import { mkdtemp, readdir, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import { createEndpoint } from "../endpoint/endpoint.ts";
import { createS3, type S3Options } from "./s3.ts";

export interface S3UnderTest {
  client: S3Client;
  url: string;
  s3: Awaited<ReturnType<typeof createS3>>;
  /** What was reported, in order. */
  reports: string[];
  clientWith(credentials: { accessKeyId: string; secretAccessKey: string }): S3Client;
  /** Files that hold bytes of objects and parts. */
  files(): Promise<string[]>;
  stop(): Promise<void>;
}

/** An S3 behind the real endpoint on a free port, with an unmodified client; `dataDir` only to open an earlier one again. */
export async function startS3(options: Partial<S3Options> = {}): Promise<S3UnderTest> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), "s3-")));
  const reports: string[] = [];
  const report = ({ message, error }: { message: string; error?: unknown }) => {
    reports.push(error === undefined ? message : `${message}: ${error}`);
  };
  const s3 = await createS3({ region: "us-east-1", account: "000000000000", report, ...options, dataDir });
  const server = createEndpoint({ services: [], s3: s3.handle, report });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${portOf(server.address())}`;
  const clients: S3Client[] = [];
  const clientWith = (credentials: { accessKeyId: string; secretAccessKey: string }) => {
    const client = new S3Client({ endpoint: url, region: "us-east-1", credentials, maxAttempts: 1 });
    clients.push(client);
    return client;
  };
  return {
    client: clientWith({ accessKeyId: "local", secretAccessKey: "local" }),
    url,
    s3,
    reports,
    clientWith,
    async files() {
      const entries = await readdir(join(dataDir, "objects"), { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
    },
    async stop() {
      for (const client of clients) client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await s3.close();
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true });
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (typeof address === "object" && address !== null) return address.port;
  throw new Error("the endpoint has no port");
}

/** What a client's call failed with: `404 NoSuchKey`; throws when it did not fail. */
export async function failureOf(call: Promise<unknown>): Promise<string> {
  const answer = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (answer instanceof S3ServiceException) return `${answer.$metadata.httpStatusCode} ${answer.name}`;
  throw new Error("the call was expected to be refused", { cause: answer });
}
