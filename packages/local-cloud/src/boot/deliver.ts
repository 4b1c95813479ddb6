import { AwsError } from "../endpoint/aws-error.ts";
import type { JsonService } from "../endpoint/json-service.ts";
import { deliverToSqs } from "../eventbridge/deliver-to-sqs.ts";
import type { Deliver, DeliveryResult } from "../eventbridge/deliveries.ts";

interface DeliveryPorts {
  sqs: Pick<JsonService, "call">;
  /** Lambda's asynchronous invocation: taken, not yet done. */
  accept: (functionName: string, event: unknown) => unknown;
}

/** How EventBridge reaches its targets on this machine: queues by SQS, functions by Lambda's own queue, which does the retrying. */
export function createDeliver({ sqs, accept }: DeliveryPorts): Deliver {
  const toQueue = deliverToSqs(sqs);
  return async (targetArn, messages) => {
    if (targetArn.split(":")[2] !== "lambda") return toQueue(targetArn, messages);
    const functionName = targetArn.split(":")[6] ?? "";
    return messages.map(({ id, json }) => ({ id, ...handOver(functionName, json) }));
  };

  function handOver(functionName: string, json: string): Omit<DeliveryResult, "id"> {
    try {
      accept(functionName, JSON.parse(json));
      return {};
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const errorCode = error.code === "ResourceNotFoundException" ? "NO_RESOURCE" : "INVALID_PARAMETER";
      return { failure: { errorCode, message: error.message } };
    }
  }
}
