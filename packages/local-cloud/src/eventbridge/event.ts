/** An event on its way through a bus. */
export interface BusEvent {
  /** As targets and archives get it. */
  json: string;
  /** The same, parsed, for patterns and input paths. */
  value: unknown;
  /** Epoch ms of the event itself. */
  time: number;
  /** It came from another bus: EventBridge forwards an event once only. */
  forwarded: boolean;
}

interface EventParts {
  id: string;
  detailType: string;
  source: string;
  account: string;
  time: number;
  region: string;
  resources: string[];
  /** As the publisher wrote it: parsing and writing it anew would spoil large numbers. */
  detail: string;
}

export function makeEvent({ id, detailType, source, account, time, region, resources, detail }: EventParts): BusEvent {
  const envelope = {
    version: "0",
    id,
    "detail-type": detailType,
    source,
    account,
    time: new Date(time).toISOString().replace(/\.\d{3}Z$/, "Z"),
    region,
    resources,
  };
  const json = `${JSON.stringify(envelope).slice(0, -1)},"detail":${detail}}`;
  return { json, value: { ...envelope, detail: JSON.parse(detail) }, time, forwarded: false };
}

export const readEvent = (json: string, time: number): BusEvent => ({
  json,
  value: JSON.parse(json),
  time,
  forwarded: false,
});

/** Where AWS puts it. The first such text is the envelope's: inside a string its quotes would be escaped. */
export const asReplayed = (json: string, replayName: string) =>
  json.replace(',"resources":', () => `,"replay-name":${JSON.stringify(replayName)},"resources":`);
