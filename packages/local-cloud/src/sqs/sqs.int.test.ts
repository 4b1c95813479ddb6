import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startFauxqs } from "fauxqs";
import { createEndpoint } from "../endpoint/endpoint.ts";
import { createSqs } from "./sqs.ts";
import type { Connection } from "./suite/connection.ts";
import { describeSqs } from "./suite/describe-sqs.ts";
import { fauxqsDifferences } from "./suite/fauxqs-differences.ts";

async function connectOurs(): Promise<Connection> {
  const dataDir = await mkdtemp(join(tmpdir(), "sqs-"));
  let endpoint = "";
  const sqs = createSqs({
    dataDir,
    region: "us-east-1",
    account: "000000000000",
    queueUrl: (name) => `${endpoint}/000000000000/${name}`,
  });
  const server = createEndpoint({
    services: [sqs],
    s3: async (_request, response) => void response.writeHead(501).end(),
    report: ({ message, error }) => process.stderr.write(`${message} ${error ?? ""}\n`),
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The endpoint has no port.");
  endpoint = `http://127.0.0.1:${(address satisfies AddressInfo).port}`;
  return {
    endpoint,
    async close() {
      await sqs.close();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      await rm(dataDir, { recursive: true });
    },
  };
}

async function connectFauxqs(): Promise<Connection> {
  const server = await startFauxqs({ port: 0, logger: false });
  return { endpoint: `http://127.0.0.1:${server.port}`, close: () => server.stop() };
}

describeSqs("our SQS", { connect: connectOurs, except: {} });
describeSqs("fauxqs", { connect: connectFauxqs, except: fauxqsDifferences });
