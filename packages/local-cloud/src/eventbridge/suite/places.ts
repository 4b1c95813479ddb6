export const region = "us-east-1";
export const account = "000000000000";
export const queueArn = (name: string) => `arn:aws:sqs:${region}:${account}:${name}`;
export const busArn = (name: string) => `arn:aws:events:${region}:${account}:event-bus/${name}`;
