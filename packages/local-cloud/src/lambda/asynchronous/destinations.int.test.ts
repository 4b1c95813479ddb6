import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { createEventBridge, type EventBridge } from "../../eventbridge/eventbridge.ts";
import { createSqs, type Sqs } from "../../sqs/sqs.ts";
import { createDestinations, type Destinations } from "./destinations.ts";
import type { QueuedEvent } from "./event-store.ts";
import { invocationRecord } from "./invocation-record.ts";

const place = { region: "us-east-1", account: "000000000000" };
const queueArn = "arn:aws:sqs:us-east-1:000000000000:told";
const busArn = "arn:aws:events:us-east-1:000000000000:event-bus/default";
const functionArn = "arn:aws:lambda:us-east-1:000000000000:function:sweep";
const QueueUrl = "http://127.0.0.1/000000000000/told";
const event: QueuedEvent = {
  requestId: "r-1",
  functionName: "sweep",
  payload: '{"a":1}',
  clientContext: null,
  acceptedAt: 0,
  invocations: 1,
  throttles: 0,
  nextAt: 0,
};
const record = invocationRecord(event, functionArn, { condition: "Success", payload: 7 }, 0);
const received = z.object({
  Messages: z.tuple([z.object({ Body: z.string(), MessageAttributes: z.record(z.string(), z.unknown()).optional() })]),
});

let dataDir: string;
let sqs: Sqs;
let eventbridge: EventBridge;
let destinations: Destinations;
const delivered: unknown[] = [];
const accepted: unknown[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "destinations-"));
  delivered.length = 0;
  accepted.length = 0;
  sqs = createSqs({ ...place, dataDir, queueUrl: () => QueueUrl });
  await sqs.call("CreateQueue", { QueueName: "told" });
  eventbridge = createEventBridge({
    ...place,
    dataDir,
    report: () => {},
    deliver: async (_arn, messages) =>
      messages.map(({ id, json }) => {
        delivered.push(JSON.parse(json));
        return { id };
      }),
  });
  destinations = createDestinations({ sqs, eventbridge, accept: (...call) => accepted.push(call) });
});

afterEach(async () => {
  await Promise.all([sqs.close(), eventbridge.close()]);
  await rm(dataDir, { recursive: true });
});

async function receive() {
  const input = { QueueUrl, MessageAttributeNames: ["All"] };
  return received.parse(await sqs.call("ReceiveMessage", input)).Messages[0];
}

describe("a destination of asynchronous invocations", () => {
  it("that is a queue gets the record as a message", async () => {
    await destinations.sendRecord(queueArn, record);
    expect(JSON.parse((await receive()).Body)).toEqual(record);
  });

  it("that is a bus gets the record as an event of Lambda's", async () => {
    await eventbridge.call("PutRule", { Name: "all", EventPattern: '{"source":["lambda"]}' });
    await eventbridge.call("PutTargets", { Rule: "all", Targets: [{ Id: "q", Arn: queueArn }] });
    await destinations.sendRecord(busArn, record);
    await expect
      .poll(() => delivered)
      .toEqual([
        expect.objectContaining({
          source: "lambda",
          "detail-type": "Lambda Function Invocation Result - Success",
          resources: [`${functionArn}:$LATEST`, busArn],
          detail: record,
        }),
      ]);
  });

  it("that is a function is invoked with the record", async () => {
    await destinations.sendRecord("arn:aws:lambda:us-east-1:000000000000:function:audit", record);
    expect(accepted).toEqual([["audit", record]]);
  });

  it("of another kind, or that is not there, does not take it", async () => {
    await expect(destinations.sendRecord("arn:aws:sns:us-east-1:000000000000:topic", record)).rejects.toThrow(
      "cannot be a destination here",
    );
    await expect(destinations.sendRecord(`${queueArn}-not`, record)).rejects.toThrow();
  });

  it("for dead letters gets the bare event, with what went wrong as attributes", async () => {
    await destinations.sendMessage(queueArn, event.payload, { RequestID: "r-1", ErrorCode: 200, ErrorMessage: "" });
    expect(await receive()).toMatchObject({
      Body: '{"a":1}',
      MessageAttributes: {
        RequestID: { DataType: "String", StringValue: "r-1" },
        ErrorCode: { DataType: "Number", StringValue: "200" },
        ErrorMessage: { DataType: "String", StringValue: "unknown" },
      },
    });
  });
});
