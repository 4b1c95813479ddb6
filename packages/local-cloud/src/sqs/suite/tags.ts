import { randomUUID } from "node:crypto";
import { CreateQueueCommand, ListQueueTagsCommand, TagQueueCommand, UntagQueueCommand } from "@aws-sdk/client-sqs";
import { expect } from "vitest";
import type { Tests } from "./connection.ts";

export const tagTests: Tests = ({ it, sqs }) => {
  const createTagged = async (tags: Record<string, string>) => {
    const { QueueUrl } = await sqs().client.send(new CreateQueueCommand({ QueueName: randomUUID(), tags }));
    return {
      tagsOf: async () => (await sqs().client.send(new ListQueueTagsCommand({ QueueUrl }))).Tags,
      tag: (Tags: Record<string, string>) => sqs().client.send(new TagQueueCommand({ QueueUrl, Tags })),
      untag: (TagKeys: string[]) => sqs().client.send(new UntagQueueCommand({ QueueUrl, TagKeys })),
    };
  };

  it("keeps the tags that a queue was created with, adds to them, replaces them, takes them away", async () => {
    const queue = await createTagged({ stage: "prod", owner: "media" });
    await queue.tag({ stage: "homolog", empty: "" });
    expect(await queue.tagsOf()).toEqual({ stage: "homolog", owner: "media", empty: "" });
    await queue.untag(["stage", "empty", "never there"]);
    expect(await queue.tagsOf()).toEqual({ owner: "media" });
    await queue.untag(["owner"]);
    expect(await queue.tagsOf()).toBeUndefined();
  });

  it("refuses no tags, and more than 50, without changing those that are there", async () => {
    const queue = await createTagged({ a: "1" });
    await expect(queue.tag({})).rejects.toThrow("The request must contain the parameter Tags.");
    await expect(queue.untag([])).rejects.toThrow("Tag keys must be between 1 and 128 characters in length.");
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`key-${index}`, "x"]));
    await expect(queue.tag(many)).rejects.toThrow("Too many tags added for queue");
    expect(await queue.tagsOf()).toEqual({ a: "1" });
  });
};
