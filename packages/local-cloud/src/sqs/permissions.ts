import { z } from "zod";
import type { Operation, SqsContext } from "./context.ts";
import { invalidValue, missingParameter, tooManyActions } from "./errors.ts";
import { readInput } from "./input.ts";
import { mergeAttributes } from "./queue-attributes.ts";
import type { Queue } from "./queue-store.ts";

const labelInput = z.object({ QueueUrl: z.string().optional(), Label: z.string().default("") });
const addInput = labelInput.extend({
  AWSAccountIds: z.array(z.string()).default([]),
  Actions: z.array(z.string()).default([]),
});
/** Whatever else a policy has is kept as it was given. */
const policyDocument = z.looseObject({
  Statement: z.union([z.array(z.looseObject({ Sid: z.string().optional() })), z.looseObject({})]).default([]),
});

/** What an owner may let others do; the rest, such as AddPermission, is the owner's alone. */
const grantable = [
  "*",
  "SendMessage",
  "ReceiveMessage",
  "DeleteMessage",
  "ChangeMessageVisibility",
  "GetQueueAttributes",
  "GetQueueUrl",
];
const maximumActions = 7;

/** Keeps the policy that these two calls build. Without effect here: whoever reaches this machine may do everything. */
export function permissionOperations({ queues, commit, now }: SqsContext) {
  function keep(queue: Queue, policy: object | undefined): void {
    const changes = { Policy: policy ? JSON.stringify(policy) : "" };
    queues.setAttributes(queue, mergeAttributes(queue.attributes, changes), now());
  }

  const addPermission: Operation = (raw) => {
    const { QueueUrl, Label, AWSAccountIds, Actions } = readInput(addInput, raw);
    return commit(() => {
      const queue = queues.require(QueueUrl);
      checkLabel(Label);
      if (Actions.length === 0) throw missingParameter("Actions");
      if (AWSAccountIds.length === 0) throw invalidValue("[]", "PrincipalId", "Unable to verify.");
      if (Actions.length > maximumActions) throw tooManyActions(Actions.length);
      const refused = Actions.find((action) => !grantable.includes(action));
      if (refused !== undefined) {
        throw invalidValue(`SQS:${refused}`, "ActionName", "Only the queue owner is allowed to invoke this action.");
      }
      const { document, statements } = readPolicy(queue);
      if (statements.some(({ Sid }) => Sid === Label)) throw invalidValue(Label, "Label", "Already exists.");
      const statement = {
        Sid: Label,
        Effect: "Allow",
        Principal: { AWS: oneOrMany(AWSAccountIds.map((account) => `arn:aws:iam::${account}:root`)) },
        Action: oneOrMany(Actions.map((action) => `SQS:${action}`)),
        Resource: queue.arn,
      };
      keep(queue, { ...document, Statement: [...statements, statement] });
    });
  };

  const removePermission: Operation = (raw) => {
    const { QueueUrl, Label } = readInput(labelInput, raw);
    return commit(() => {
      const queue = queues.require(QueueUrl);
      checkLabel(Label);
      const { document, statements } = readPolicy(queue);
      const rest = statements.filter(({ Sid }) => Sid !== Label);
      if (rest.length === statements.length) {
        throw invalidValue(Label, "Label", "can't find label on existing policy.");
      }
      keep(queue, rest.length > 0 ? { ...document, Statement: rest } : undefined);
    });
  };

  return { AddPermission: addPermission, RemovePermission: removePermission };
}

function checkLabel(label: string): void {
  if (label === "") throw missingParameter("Label");
  if (/^[A-Za-z0-9_-]{1,80}$/.test(label)) return;
  const reason = "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.";
  throw invalidValue(label, "Label", reason);
}

function readPolicy({ arn, attributes }: Queue) {
  const text = attributes["Policy"];
  if (text === undefined) {
    return { document: { Version: "2008-10-17", Id: `${arn}/SQSDefaultPolicy` }, statements: [] };
  }
  const document = policyDocument.parse(JSON.parse(text));
  // IAM's grammar takes a lone statement without its list.
  return { document, statements: [document.Statement].flat() };
}

const oneOrMany = (values: string[]) => (values.length === 1 ? values[0] : values);
