import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";

export type Clients = ReturnType<typeof openClients>;

/** Without retries: each call is acknowledged, or it is not. */
export function openClients(endpoint: string) {
  const options = {
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  };
  const clients = {
    dynamodb: new DynamoDBClient(options),
    eventbridge: new EventBridgeClient(options),
    s3: new S3Client({ ...options, forcePathStyle: true }),
    sqs: new SQSClient(options),
  };
  const close = () => {
    for (const client of Object.values(clients)) client.destroy();
  };
  return { ...clients, close, queueUrl: (name: string) => `${endpoint}/000000000000/${name}` };
}
