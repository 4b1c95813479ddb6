import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { z } from "zod";
import { createEventBridge } from "./eventbridge.ts";
import { eventually } from "./suite/eventually.ts";
import { account, busArn, queueArn, region } from "./suite/places.ts";
import { startBed, temporaryFolder } from "./suite/start-bed.ts";

const answer = z.object({ Entries: z.tuple([z.object({ EventId: z.string() })]) });
const archive = { ArchiveName: "all", EventSourceArn: busArn("default") };
const orders = queueArn("orders");

async function prepare(dataDir: string) {
  const service = createEventBridge({ dataDir, region, account, deliver: async () => [], report: () => {} });
  await service.call("CreateArchive", archive);
  await service.call("PutRule", { Name: "orders", EventPattern: '{"source":["shop"]}' });
  await service.call("PutTargets", { Rule: "orders", Targets: [{ Id: "q", Arn: orders }] });
  await service.close();
}

test("kill -9 loses no event that PutEvents has answered for: it is archived, and delivered after the restart", async () => {
  const dataDir = await temporaryFolder();
  await prepare(dataDir);
  const child = fork(fileURLToPath(new URL("./suite/publish-until-killed.ts", import.meta.url)), [dataDir], {
    execArgv: [],
  });
  const acknowledged: string[] = [];
  child.on("message", (message) => {
    acknowledged.push(answer.parse(message).Entries[0].EventId);
    // In the middle of its work: it never stops by itself.
    if (acknowledged.length === 200) child.kill("SIGKILL");
  });
  const [, signal] = await once(child, "exit");
  expect(signal).toBe("SIGKILL");
  expect(acknowledged.length).toBeGreaterThanOrEqual(200);

  const { service, messagesTo } = await startBed({ dataDir });
  const ids = (arn: string) => new Set(messagesTo(arn).map(({ json }) => JSON.parse(json).id));
  await eventually(() => expect(acknowledged.filter((id) => !ids(orders).has(id))).toEqual([]));

  const audit = queueArn("audit");
  await service.call("PutRule", { Name: "audit", EventPattern: '{"replay-name":["all"]}' });
  await service.call("PutTargets", { Rule: "audit", Targets: [{ Id: "q", Arn: audit }] });
  await service.call("StartReplay", {
    ReplayName: "all",
    EventSourceArn: "arn:aws:events:us-east-1:000000000000:archive/all",
    EventStartTime: 0,
    EventEndTime: Date.now() / 1_000 + 1,
    Destination: { Arn: busArn("default") },
  });
  await eventually(() => expect(acknowledged.filter((id) => !ids(audit).has(id))).toEqual([]));
});
