import type { EventBridge, EventBridgeOptions } from "../eventbridge.ts";
import { busArn, queueArn } from "./places.ts";
import { startBed } from "./start-bed.ts";

export const bus = busArn("default");
export const archiveArn = "arn:aws:events:us-east-1:000000000000:archive/all";
export const noon = Date.UTC(2026, 0, 2, 12);
export const minutes = (count: number) => count * 60_000;

/** Everything is archived, and two rules bring what the shop announces to a queue each. */
export async function archivedBed(options: Partial<EventBridgeOptions> = {}) {
  const bed = await startBed(options);
  const { service } = bed;
  await service.call("CreateArchive", { ArchiveName: "all", EventSourceArn: bus });
  for (const name of ["orders", "audit"]) {
    await service.call("PutRule", { Name: name, EventPattern: '{"source":["shop"]}' });
    await service.call("PutTargets", { Rule: name, Targets: [{ Id: "q", Arn: queueArn(name) }] });
  }
  return bed;
}

export const putAt = (service: EventBridge, time: number, id: number) =>
  service.call("PutEvents", {
    Entries: [{ Source: "shop", DetailType: "OrderPlaced", Detail: JSON.stringify({ id }), Time: time / 1_000 }],
  });
