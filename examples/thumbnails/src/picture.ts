import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, PutCommand, ScanCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { Resource } from "sst";
import { z } from "zod";

const picture = z.object({
  id: z.string(),
  status: z.enum(["waiting", "ready", "unreadable"]),
  acceptedAt: z.number(),
  /** Of the original, in pixels. */
  width: z.number().optional(),
  height: z.number().optional(),
});
export type Picture = z.infer<typeof picture>;

export const originalKey = (id: string) => `originals/${id}`;
export const thumbnailKey = (id: string) => `thumbnails/${id}.webp`;

/** What the queue carries. */
export const workItem = z.object({ id: z.string() });

const keptSeconds = 30 * 86_400;
const TableName = Resource.Index.name;
const client = DynamoDBDocumentClient.from(new DynamoDBClient());

export async function savePicture(accepted: Picture): Promise<void> {
  const expiresAt = Math.floor(accepted.acceptedAt / 1000) + keptSeconds;
  await client.send(new PutCommand({ TableName, Item: { ...accepted, expiresAt } }));
}

/** Safe to repeat: the same picture ends the same way. */
export async function endPicture(id: string, ending: Pick<Picture, "status" | "width" | "height">): Promise<void> {
  const { status, width = null, height = null } = ending;
  await client.send(
    new UpdateCommand({
      TableName,
      Key: { id },
      UpdateExpression: "SET #status = :status, width = :width, height = :height",
      ExpressionAttributeNames: { "#status": "status" },
      ExpressionAttributeValues: { ":status": status, ":width": width, ":height": height },
    }),
  );
}

export async function findPicture(id: string): Promise<Picture | undefined> {
  const { Item } = await client.send(new GetCommand({ TableName, Key: { id }, ConsistentRead: true }));
  return Item && stored.parse(Item);
}

export async function picturesWaitingSince(before: number): Promise<Picture[]> {
  const { Items = [] } = await client.send(
    new ScanCommand({
      TableName,
      FilterExpression: "#status = :waiting AND acceptedAt <= :before",
      ExpressionAttributeNames: { "#status": "status" },
      ExpressionAttributeValues: { ":waiting": "waiting", ":before": before },
    }),
  );
  return Items.map((item) => stored.parse(item));
}

const stored = z.preprocess(
  (item) => Object.fromEntries(Object.entries(Object(item)).filter(([, value]) => value !== null)),
  picture,
);
