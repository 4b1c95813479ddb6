import { randomUUID } from "node:crypto";
import { CreateEventBusCommand, PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { CreateBucketCommand, PutBucketNotificationConfigurationCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { startS3 } from "../s3/s3-under-test.ts";
import { eventually } from "./suite/eventually.ts";
import { queueArn } from "./suite/places.ts";
import { startBed } from "./suite/start-bed.ts";

const [heard, unheard] = [queueArn("heard"), queueArn("unheard")];

test("what AWS's services tell goes to the default bus, and to no other", async () => {
  const { client, service, messagesTo } = await startBed();
  const EventPattern = JSON.stringify({ source: ["aws.cloudwatch"] });
  await client.send(new CreateEventBusCommand({ Name: "own" }));
  for (const [EventBusName, Arn] of [
    ["default", heard],
    ["own", unheard],
  ] as const) {
    await client.send(new PutRuleCommand({ Name: "alarms", EventBusName, EventPattern }));
    await client.send(new PutTargetsCommand({ Rule: "alarms", EventBusName, Targets: [{ Id: "q", Arn }] }));
  }
  await service.publishAwsEvents([
    {
      source: "aws.cloudwatch",
      detailType: "CloudWatch Alarm State Change",
      time: Date.UTC(2026, 0, 2, 3, 4, 5),
      resources: ["arn:alarm"],
      detail: { alarmName: "a" },
    },
  ]);
  await eventually(() => expect(messagesTo(heard)).toHaveLength(1));
  expect(JSON.parse(messagesTo(heard)[0]?.json ?? "")).toMatchObject({
    version: "0",
    "detail-type": "CloudWatch Alarm State Change",
    source: "aws.cloudwatch",
    time: "2026-01-02T03:04:05Z",
    resources: ["arn:alarm"],
    detail: { alarmName: "a" },
  });
  expect(messagesTo(unheard)).toEqual([]);
});

test("an object that is put is heard by a rule on its key", async () => {
  const { client, service, messagesTo } = await startBed();
  const EventPattern = JSON.stringify({
    source: ["aws.s3"],
    "detail-type": ["Object Created"],
    detail: { bucket: { name: ["media"] }, object: { key: [{ prefix: "in/" }] } },
  });
  await client.send(new PutRuleCommand({ Name: "uploads", EventPattern }));
  await client.send(new PutTargetsCommand({ Rule: "uploads", Targets: [{ Id: "q", Arn: heard }] }));
  const s3 = await startS3({ announce: service.publishAwsEvents });
  const Bucket = "media";
  await s3.client.send(new CreateBucketCommand({ Bucket }));
  const NotificationConfiguration = { EventBridgeConfiguration: {} };
  await s3.client.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }));
  const Key = `in/${randomUUID()}`;
  for (const key of ["out/1", Key]) await s3.client.send(new PutObjectCommand({ Bucket, Key: key, Body: "test" }));
  await eventually(() => expect(messagesTo(heard)).toHaveLength(1));
  expect(JSON.parse(messagesTo(heard)[0]?.json ?? "").detail.object).toMatchObject({ key: Key, size: 4 });
  await s3.stop();
});
