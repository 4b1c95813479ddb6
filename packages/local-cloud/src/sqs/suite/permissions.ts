import { AddPermissionCommand, type AddPermissionCommandInput, RemovePermissionCommand } from "@aws-sdk/client-sqs";
import { expect } from "vitest";
import type { Tests } from "./connection.ts";

export const permissionTests: Tests = ({ it, sqs }) => {
  const createQueue = async () => {
    const queue = await sqs().createQueue();
    return {
      ...queue,
      add: (Label: string, more: Partial<AddPermissionCommandInput> = {}) =>
        sqs().client.send(
          new AddPermissionCommand({
            QueueUrl: queue.url,
            Label,
            AWSAccountIds: ["111111111111"],
            Actions: ["SendMessage"],
            ...more,
          }),
        ),
      remove: (Label: string) => sqs().client.send(new RemovePermissionCommand({ QueueUrl: queue.url, Label })),
      policy: async (): Promise<unknown> => JSON.parse((await sqs().attributes(queue, "Policy"))["Policy"] ?? "null"),
    };
  };

  it("writes permissions into the queue's policy, statement by statement, and takes them out again", async () => {
    const queue = await createQueue();
    await queue.add("one");
    await queue.add("two", { AWSAccountIds: ["111111111111", "222222222222"], Actions: ["*", "ReceiveMessage"] });
    expect(await queue.policy()).toEqual({
      Version: "2008-10-17",
      Id: `${queue.arn}/SQSDefaultPolicy`,
      Statement: [
        {
          Sid: "one",
          Effect: "Allow",
          Principal: { AWS: "arn:aws:iam::111111111111:root" },
          Action: "SQS:SendMessage",
          Resource: queue.arn,
        },
        {
          Sid: "two",
          Effect: "Allow",
          Principal: { AWS: ["arn:aws:iam::111111111111:root", "arn:aws:iam::222222222222:root"] },
          Action: ["SQS:*", "SQS:ReceiveMessage"],
          Resource: queue.arn,
        },
      ],
    });
    await queue.remove("one");
    expect(await queue.policy()).toMatchObject({ Statement: [{ Sid: "two" }] });
    await queue.remove("two");
    expect(await queue.policy()).toBeNull();
  });

  it("refuses a permission that is there already, that only owners have, or that is not there", async () => {
    const queue = await createQueue();
    await queue.add("one");
    await expect(queue.add("one")).rejects.toThrow("Value one for parameter Label is invalid. Reason: Already exists.");
    await expect(queue.add("two", { Actions: ["RemovePermission"] })).rejects.toThrow(
      "Value SQS:RemovePermission for parameter ActionName is invalid. Reason: Only the queue owner is allowed to invoke this action.",
    );
    await expect(queue.add("two", { Actions: Array.from({ length: 8 }, () => "SendMessage") })).rejects.toMatchObject({
      name: "OverLimit",
      message: "8 Actions were found, maximum allowed is 7.",
    });
    await expect(queue.add("a b")).rejects.toThrow("Value a b for parameter Label is invalid.");
    await expect(queue.remove("two")).rejects.toThrow(
      "Value two for parameter Label is invalid. Reason: can't find label on existing policy.",
    );
  });
};
