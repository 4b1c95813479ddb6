import { AwsError } from "../endpoint/aws-error.ts";
import type { JsonService } from "../endpoint/json-service.ts";
import { deliverToSqs } from "../eventbridge/deliver-to-sqs.ts";
import type { Deliver, DeliveryResult } from "../eventbridge/deliveries.ts";
import type { Outcome } from "../lambda/invocation.ts";

interface DeliveryPorts {
  sqs: Pick<JsonService, "call">;
  invoke: (functionName: string, event: unknown) => Promise<Outcome>;
}

/** How EventBridge reaches its targets on this machine: queues by SQS, functions by the host. */
export function createDeliver({ sqs, invoke }: DeliveryPorts): Deliver {
  const toQueue = deliverToSqs(sqs);
  return (targetArn, messages) => {
    if (targetArn.split(":")[2] !== "lambda") return toQueue(targetArn, messages);
    const functionName = targetArn.split(":")[6] ?? "";
    return Promise.all(messages.map(async ({ id, json }) => ({ id, ...(await invokeOnce(functionName, json)) })));
  };

  /**
   * Lambda would take the event into a queue of its own and try three times. Here EventBridge's outbox is that queue: it is
   * durable, so the function's outcome is awaited and a failure is retried by the target's policy.
   */
  async function invokeOnce(functionName: string, json: string): Promise<Omit<DeliveryResult, "id">> {
    try {
      const outcome = await invoke(functionName, JSON.parse(json));
      if (outcome.kind === "returned") return {};
      const message = outcome.kind === "failed" ? outcome.error.errorMessage : "Rate Exceeded.";
      return { failure: { errorCode: "ERROR_FROM_TARGET", message } };
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const errorCode = error.code === "ResourceNotFoundException" ? "NO_RESOURCE" : "INVALID_PARAMETER";
      return { failure: { errorCode, message: error.message } };
    }
  }
}
