import { invalidReceiptHandle } from "./errors.ts";

/** A handle names the queue, the message and the one receive that it came from; only the latest receive's counts. */
interface Receipt {
  queueId: number;
  id: number;
  receipt: string;
}

const parts = /^(\d+)\/(\d+)\/([0-9a-f-]{36})$/;

export const writeReceiptHandle = ({ queueId, id, receipt }: Receipt) =>
  Buffer.from(`${queueId}/${id}/${receipt}`).toString("base64");

export function readReceiptHandle(handle: string): Receipt {
  const [, queueId, id, receipt] = parts.exec(Buffer.from(handle, "base64").toString("utf8")) ?? [];
  if (receipt === undefined) throw invalidReceiptHandle();
  return { queueId: Number(queueId), id: Number(id), receipt };
}
