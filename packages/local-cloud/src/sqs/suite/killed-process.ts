import { createSqs } from "../sqs.ts";

/** Run as a process of its own by `durability.int.test.ts`, which kills it as soon as the last call has been answered. */
const [dataDir = ""] = process.argv.slice(2);
const queueUrl = (name: string) => `http://x/0/${name}`;
const sqs = createSqs({ dataDir, region: "r", account: "0", queueUrl });
const QueueUrl = queueUrl("q");

await sqs.call("CreateQueue", { QueueName: "q", Attributes: { VisibilityTimeout: "300" } });
await sqs.call("SendMessage", { QueueUrl, MessageBody: "held" });
await sqs.call("ReceiveMessage", { QueueUrl });
await sqs.call("SendMessage", { QueueUrl, MessageBody: "delayed", DelaySeconds: 300 });
await sqs.call("SendMessage", { QueueUrl, MessageBody: "waiting" });
process.send?.("answered");
setInterval(() => {}, 1000);
