import { expect, test } from "vitest";
import { isSelected, readLetter } from "./letter.ts";

const event = JSON.stringify({ "detail-type": "MediaStored", detail: { payload: { jobId: "j-1" } } });
const text = (StringValue: string) => ({ DataType: "String", StringValue });
const message = { MessageId: "m-1", ReceiptHandle: "r-1", Body: event, Attributes: { SentTimestamp: "1000" } };

test("what a service gave up on tells its reason, its tries, its event and its job", () => {
  const MessageAttributes = {
    ...{ ERROR_CODE: text("Permanent"), ERROR_MESSAGE: text("not JSON"), RECEIVE_COUNT: text("3") },
  };
  expect(readLetter({ ...message, MessageAttributes }, 20)).toEqual({
    ...{ messageId: "m-1", receiptHandle: "r-1", body: event, event: "MediaStored", jobId: "j-1" },
    ...{ reason: "Permanent: not JSON", tried: 3, sentAt: 1000 },
  });
});

test("what a rule could not deliver tells EventBridge's reason and tries", () => {
  const MessageAttributes = {
    ...{ ERROR_CODE: text("NO_PERMISSIONS"), ERROR_MESSAGE: text("denied"), RETRY_ATTEMPTS: text("185") },
  };
  expect(readLetter({ ...message, MessageAttributes }, 20)).toMatchObject({
    ...{ reason: "NO_PERMISSIONS: denied", tried: 185 },
  });
});

test("what SQS moved came as often as its queue allows, however often one has looked at it since", () => {
  const Attributes = { SentTimestamp: "1000", ApproximateReceiveCount: "27" };
  expect(readLetter({ ...message, Attributes }, 20)).toMatchObject({ tried: 20, reason: /failed every time/ });
});

test.each(["{", "[]", '{"detail-type":1}'])("a body that is no event, such as %s, is a letter all the same", (Body) => {
  expect(readLetter({ ...message, Body }, 20)).toMatchObject({ event: null, jobId: null, body: Body });
});

test("letters are chosen by message, job and event, together", () => {
  const letter = readLetter(message, 20);
  const none = { messages: [], jobs: [], events: [] };
  expect(isSelected(letter, none)).toBe(true);
  expect(isSelected(letter, { ...none, jobs: ["j-1"], events: ["MediaStored"] })).toBe(true);
  expect(isSelected(letter, { ...none, jobs: ["j-1"], events: ["MediaLost"] })).toBe(false);
  expect(isSelected(readLetter({ ...message, Body: "{" }, 20), { ...none, jobs: ["j-1"] })).toBe(false);
});
