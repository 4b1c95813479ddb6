import { SQSClient } from "@aws-sdk/client-sqs";
import type { Delivered } from "@vsl/events";
import { each, type Heard, hear } from "@vsl/events/hear";
import { createQueuePorts } from "@vsl/events/queue";
import type { Context, SQSEvent } from "aws-lambda";
import { Resource } from "sst";
import * as z from "zod";
import { cancelPrediction } from "./cancel-prediction.ts";
import { hears } from "./hears.ts";
import { log, portsOf } from "./on-cold-start.ts";
import { submitPrediction } from "./submit-prediction.ts";

const { BridgeQueue, BridgeDeadLetters } = z
  .object({ BridgeQueue: z.object({ url: z.url() }), BridgeDeadLetters: z.object({ url: z.url() }) })
  .parse(Resource);

const queue = createQueuePorts({
  client: new SQSClient({}),
  queueUrl: BridgeQueue.url,
  deadLetterUrl: BridgeDeadLetters.url,
});

export function handler(event: SQSEvent, context: Context) {
  const ports = portsOf(context);
  const moveOn = (delivered: Delivered<(typeof hears)[number]>): Promise<Heard> => {
    switch (delivered.name) {
      case "JobRequested":
        return submitPrediction(ports, delivered);
      case "JobCancelRequested":
        return cancelPrediction(ports, delivered);
      default:
        return delivered satisfies never;
    }
  };
  return hear({
    hears,
    handle: each(moveOn),
    publish: ports.publish,
    ...queue,
    log: ({ ms, ...line }) => log({ ...line, processingTime: ms }),
  })(event);
}
