import { afterAll, beforeAll, describe } from "vitest";
import { createTestClient, type SuiteOptions, type TestClient, testsExcept } from "./connection.ts";
import { deadLetterTests } from "./dead-letters.ts";
import { fifoTests } from "./fifo.ts";
import { messageTests } from "./messages.ts";
import { permissionTests } from "./permissions.ts";
import { queueTests } from "./queues.ts";
import { refusalTests } from "./refusals.ts";
import { tagTests } from "./tags.ts";

/** What SQS does, seen through an unmodified SDK client: the same for every implementation, so that ours cannot lie. */
export function describeSqs(name: string, { connect, except }: SuiteOptions): void {
  describe.concurrent(name, () => {
    let close = async () => {};
    let connected: TestClient | undefined;
    beforeAll(async () => {
      const connection = await connect();
      connected = createTestClient(connection.endpoint);
      close = connection.close;
    });
    afterAll(async () => {
      connected?.client.destroy();
      await close();
    });
    const sqs = () => {
      if (!connected) throw new Error("The suite has not been connected.");
      return connected;
    };
    const it = testsExcept(except);
    describe("messages", () => messageTests({ it, sqs }));
    describe("refusals", () => refusalTests({ it, sqs }));
    describe("queues", () => queueTests({ it, sqs }));
    describe("tags", () => tagTests({ it, sqs }));
    describe("permissions", () => permissionTests({ it, sqs }));
    describe("FIFO queues", () => fifoTests({ it, sqs }));
    describe("dead letters", () => deadLetterTests({ it, sqs }));
  });
}
