import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SQSClient } from "@aws-sdk/client-sqs";
import { Misuse } from "./command.ts";
import { notRunning, type Stage } from "./stage.ts";

export interface Clients {
  events: EventBridgeClient;
  sqs: SQSClient;
  lambda: LambdaClient;
}

/** The same clients for both worlds. What goes wrong because nobody is there is said in one line. */
export async function withClients<T>(stage: Stage, work: (clients: Clients) => Promise<T>): Promise<T> {
  const { client, isLocal } = stage;
  const clients = {
    events: new EventBridgeClient(client),
    sqs: new SQSClient(client),
    lambda: new LambdaClient(client),
  };
  try {
    return await work(clients);
  } catch (cause) {
    const absent = notRunning(stage, cause);
    if (absent) throw absent;
    if (!isLocal && cause instanceof Error && /Credentials|Region is missing/.test(`${cause.name} ${cause.message}`)) {
      throw new Misuse(`AWS cannot be asked: ${cause.message}`, { cause });
    }
    throw cause;
  } finally {
    for (const each of Object.values(clients)) each.destroy();
  }
}
