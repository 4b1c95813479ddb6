import {
  DescribeArchiveCommand,
  DescribeEventBusCommand,
  type EventBridgeClient,
  ResourceNotFoundException,
} from "@aws-sdk/client-eventbridge";
import { physicalName, type Stage } from "../stage.ts";

export function createBusLook(client: EventBridgeClient, stage: Stage) {
  return {
    async findBus(): Promise<string | null> {
      const asked = new DescribeEventBusCommand({ Name: physicalName(stage, "bus") });
      return (await orNull(client.send(asked)))?.Arn ?? null;
    },
    async findArchive() {
      const asked = new DescribeArchiveCommand({ ArchiveName: physicalName(stage, "archive") });
      const found = await orNull(client.send(asked));
      return found && { state: found.State ?? "without a state", sourceArn: found.EventSourceArn ?? "none" };
    },
  };
}

const orNull = <T>(answer: Promise<T>) =>
  answer.catch((error: unknown) => {
    if (error instanceof ResourceNotFoundException) return null;
    throw error;
  });
