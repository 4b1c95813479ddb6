import {
  CreateBucketCommand,
  DeleteBucketEncryptionCommand,
  DeleteBucketOwnershipControlsCommand,
  DeleteBucketPolicyCommand,
  DeleteBucketTaggingCommand,
  DeletePublicAccessBlockCommand,
  GetBucketAccelerateConfigurationCommand,
  GetBucketAclCommand,
  GetBucketEncryptionCommand,
  GetBucketLoggingCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketReplicationCommand,
  GetBucketRequestPaymentCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetBucketWebsiteCommand,
  GetObjectAclCommand,
  GetObjectLockConfigurationCommand,
  GetPublicAccessBlockCommand,
  HeadObjectCommand,
  PutBucketAclCommand,
  PutBucketEncryptionCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { failureOf, type S3UnderTest, startS3 } from "./s3-under-test.ts";

const Bucket = "settings";
let s3: S3UnderTest;
beforeAll(async () => {
  s3 = await startS3();
  await s3.client.send(new CreateBucketCommand({ Bucket }));
});
afterAll(() => s3.stop());

test("tags of a bucket are put, read and removed", async () => {
  const { client } = s3;
  const read = () => client.send(new GetBucketTaggingCommand({ Bucket }));
  expect(await failureOf(read())).toBe("404 NoSuchTagSet");
  const TagSet = Array.from({ length: 50 }, (_, index) => ({ Key: `key-${index}`, Value: "a: b" }));
  await client.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
  expect((await read()).TagSet).toEqual(TagSet);
  const tooMany = [...TagSet, { Key: "one more", Value: "" }];
  const put = client.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: tooMany } }));
  expect(await failureOf(put)).toBe("400 InvalidTag");
  await client.send(new DeleteBucketTaggingCommand({ Bucket }));
  expect(await failureOf(read())).toBe("404 NoSuchTagSet");
});

test("a policy is kept to the letter, and refused when it is none", async () => {
  const { client } = s3;
  const read = () => client.send(new GetBucketPolicyCommand({ Bucket }));
  const write = (Policy: string) => client.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  expect(await failureOf(read())).toBe("404 NoSuchBucketPolicy");
  const policy = '{ "Version": "2012-10-17", "Statement": [] }';
  await write(policy);
  expect((await read()).Policy).toBe(policy);
  expect(await failureOf(write("<Policy/>"))).toBe("400 MalformedPolicy");
  expect(await failureOf(write("{}"))).toBe("400 MalformedPolicy");
  await client.send(new DeleteBucketPolicyCommand({ Bucket }));
  expect(await failureOf(read())).toBe("404 NoSuchBucketPolicy");
});

test("a new bucket blocks all public access, until it is told otherwise", async () => {
  const { client } = s3;
  const read = async () =>
    (await client.send(new GetPublicAccessBlockCommand({ Bucket }))).PublicAccessBlockConfiguration;
  const all = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
  expect(await read()).toEqual(all);
  const PublicAccessBlockConfiguration = { ...all, BlockPublicPolicy: false, RestrictPublicBuckets: false };
  await client.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
  expect(await read()).toEqual(PublicAccessBlockConfiguration);
  await client.send(new DeletePublicAccessBlockCommand({ Bucket }));
  expect(await failureOf(read())).toBe("404 NoSuchPublicAccessBlockConfiguration");
});

test("encryption is AES256 whatever is said, and keys of KMS are refused", async () => {
  const { client } = s3;
  const rules = async () =>
    (await client.send(new GetBucketEncryptionCommand({ Bucket }))).ServerSideEncryptionConfiguration?.Rules;
  const write = (SSEAlgorithm: "AES256" | "aws:kms") =>
    client.send(
      new PutBucketEncryptionCommand({
        Bucket,
        ServerSideEncryptionConfiguration: {
          Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm }, BucketKeyEnabled: true }],
        },
      }),
    );
  const byDefault = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" }, BucketKeyEnabled: false };
  expect(await rules()).toEqual([byDefault]);
  await write("AES256");
  expect(await rules()).toEqual([{ ...byDefault, BucketKeyEnabled: true }]);
  expect(await failureOf(write("aws:kms"))).toBe("501 NotImplemented");
  await client.send(new DeleteBucketEncryptionCommand({ Bucket }));
  expect(await rules()).toEqual([byDefault]);

  const put = (ServerSideEncryption?: "AES256" | "aws:kms") =>
    client.send(new PutObjectCommand({ Bucket, Key: "encrypted", Body: "x", ServerSideEncryption }));
  expect((await put()).ServerSideEncryption).toBe("AES256");
  expect((await put("AES256")).ServerSideEncryption).toBe("AES256");
  expect(await failureOf(put("aws:kms"))).toBe("501 NotImplemented");
  const head = await client.send(new HeadObjectCommand({ Bucket, Key: "encrypted" }));
  expect(head.ServerSideEncryption).toBe("AES256");
});

describe("access control lists", () => {
  const owned = [{ Grantee: { ID: "000000000000", Type: "CanonicalUser" }, Permission: "FULL_CONTROL" }];
  const put = (bucket: string, ACL: "private" | "public-read" | "bucket-owner-full-control") =>
    s3.client.send(new PutObjectCommand({ Bucket: bucket, Key: "listed", Body: "x", ACL }));

  test("say that the owner has all, and take nothing else where the bucket's owner is enforced", async () => {
    const { client } = s3;
    await put(Bucket, "bucket-owner-full-control");
    expect((await client.send(new GetBucketAclCommand({ Bucket }))).Grants).toEqual(owned);
    expect((await client.send(new GetObjectAclCommand({ Bucket, Key: "listed" }))).Grants).toEqual(owned);
    const refused = "400 AccessControlListNotSupported";
    expect(await failureOf(put(Bucket, "public-read"))).toBe(refused);
    expect(await failureOf(client.send(new PutBucketAclCommand({ Bucket, ACL: "private" })))).toBe(refused);
    const putObjectAcl = new PutObjectAclCommand({ Bucket, Key: "listed", ACL: "public-read" });
    expect(await failureOf(client.send(putObjectAcl))).toBe(refused);
    const create = new CreateBucketCommand({ Bucket: "public", ACL: "public-read" });
    expect(await failureOf(client.send(create))).toBe("400 InvalidBucketAclWithObjectOwnership");
  });

  test("may be private where owners are not enforced, and are never public here", async () => {
    const { client } = s3;
    await client.send(new CreateBucketCommand({ Bucket: "lists", ObjectOwnership: "ObjectWriter" }));
    const ownership = async () =>
      (await client.send(new GetBucketOwnershipControlsCommand({ Bucket: "lists" }))).OwnershipControls?.Rules;
    expect(await ownership()).toEqual([{ ObjectOwnership: "ObjectWriter" }]);
    await put("lists", "private");
    await client.send(new PutBucketAclCommand({ Bucket: "lists", ACL: "private" }));
    expect(await failureOf(put("lists", "public-read"))).toBe("501 NotImplemented");
    const Rules = [{ ObjectOwnership: "BucketOwnerEnforced" as const }];
    await client.send(new PutBucketOwnershipControlsCommand({ Bucket: "lists", OwnershipControls: { Rules } }));
    expect(await failureOf(put("lists", "private"))).toBe("400 AccessControlListNotSupported");
    await client.send(new DeleteBucketOwnershipControlsCommand({ Bucket: "lists" }));
    expect(await failureOf(ownership())).toBe("404 OwnershipControlsNotFoundError");
  });
});

test("notifications go to EventBridge or nowhere", async () => {
  const { client } = s3;
  const read = async () => {
    const { $metadata, ...configuration } = await client.send(
      new GetBucketNotificationConfigurationCommand({ Bucket }),
    );
    return configuration;
  };
  const write = (NotificationConfiguration: object) =>
    client.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }));
  expect(await read()).toEqual({});
  await write({ EventBridgeConfiguration: {} });
  expect(await read()).toEqual({ EventBridgeConfiguration: {} });
  const toQueue = { QueueArn: "arn:aws:sqs:us-east-1:000000000000:q", Events: ["s3:ObjectCreated:*"] };
  expect(await failureOf(write({ QueueConfigurations: [toQueue] }))).toBe("501 NotImplemented");
  await write({});
  expect(await read()).toEqual({});
});

test("what cannot be set here answers as on a bucket that nobody set it on", async () => {
  const { client } = s3;
  expect((await client.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBeUndefined();
  const enable = new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } });
  expect(await failureOf(client.send(enable))).toBe("501 NotImplemented");
  expect((await client.send(new GetBucketAccelerateConfigurationCommand({ Bucket }))).Status).toBeUndefined();
  expect((await client.send(new GetBucketLoggingCommand({ Bucket }))).LoggingEnabled).toBeUndefined();
  expect((await client.send(new GetBucketRequestPaymentCommand({ Bucket }))).Payer).toBe("BucketOwner");
  const absent = await Promise.all([
    failureOf(client.send(new GetBucketWebsiteCommand({ Bucket }))),
    failureOf(client.send(new GetBucketReplicationCommand({ Bucket }))),
    failureOf(client.send(new GetObjectLockConfigurationCommand({ Bucket }))),
    failureOf(client.send(new GetBucketAclCommand({ Bucket: "nowhere" }))),
  ]);
  expect(absent).toEqual([
    "404 NoSuchWebsiteConfiguration",
    "404 ReplicationConfigurationNotFoundError",
    "404 ObjectLockConfigurationNotFoundError",
    "404 NoSuchBucket",
  ]);
});
