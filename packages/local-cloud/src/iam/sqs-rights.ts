import { type Input, type Place, type Right, textOf } from "./right.ts";

/** What each call of SQS needs. A batch needs what one of its entries needs. */
export function sqsRights(operation: string, input: Input, place: Place): Right[] {
  const queueArn = (name: string) => `arn:aws:sqs:${place.region}:${place.account}:${name}`;
  const right = (name: string, resource: string): Right => ({ action: `sqs:${name}`, resource });

  switch (operation) {
    case "ListQueues":
      return [right(operation, queueArn("*"))];
    case "CreateQueue":
    case "GetQueueUrl":
      return [right(operation, queueArn(textOf(input["QueueName"])))];
    case "StartMessageMoveTask": {
      const source = textOf(input["SourceArn"]);
      const destination = textOf(input["DestinationArn"]);
      return [
        ...["StartMessageMoveTask", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes"].map((name) =>
          right(name, source),
        ),
        // Without one the messages go to wherever they came from, which may be any queue.
        right("SendMessage", destination === "" ? queueArn("*") : destination),
      ];
    }
    case "ListMessageMoveTasks":
      return [right(operation, textOf(input["SourceArn"]))];
    case "CancelMessageMoveTask":
      // Its queue is inside an opaque handle.
      return [right(operation, queueArn("*"))];
    default: {
      const name = textOf(input["QueueUrl"]).split("/").at(-1) ?? "";
      return [right(operation.replace(/Batch$/, ""), queueArn(name))];
    }
  }
}
