import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  advanceClock,
  clientOf,
  eventually,
  fluxSchnell,
  getJson,
  hello,
  plantFault,
  type Received,
  small,
  startForTest,
  startReceiver,
  svdVersion,
} from "./harness.ts";

const shown = z.looseObject({ id: z.string(), status: z.string(), output: z.unknown() });
const statusOf = ({ body }: Received) => shown.parse(JSON.parse(body)).status;
const logOf = async (url: string) =>
  z
    .object({ entries: z.array(z.looseObject({ kind: z.string() })) })
    .parse((await getJson(`${url}/_log`)).body)
    .entries.filter(({ kind }) => kind === "webhook");

describe("webhooks", () => {
  test("the final one carries the prediction as the API shows it, under a signature that others can verify", async () => {
    const double = await startForTest();
    const receiver = await startReceiver();
    const replicate = clientOf(double);
    const wanted = { webhook: receiver.url, webhook_events_filter: ["completed" as const] };
    const { id } = await replicate.predictions.create({ ...hello, ...wanted });
    const [first] = await receiver.take(1);
    const payload = new Webhook(double.webhookSecret).verify(first?.body ?? "", first?.headers ?? {});
    expect(payload).toEqual(await replicate.predictions.get(id));
    expect(payload).toMatchObject({ id, status: "succeeded", ...wanted });
  });

  test("without a filter come the outputs and the end; the output may be there before the end is", async () => {
    const receiver = await startReceiver();
    const replicate = clientOf(await startForTest());
    await replicate.predictions.create({ model: fluxSchnell, input: small, webhook: receiver.url });
    const received = await receiver.take(2);
    expect(received.map(statusOf).sort()).toEqual(["processing", "succeeded"]);
    for (const { body } of received) expect(shown.parse(JSON.parse(body)).output).toHaveLength(1);
  });

  test("start is announced to those who asked for it", async () => {
    const receiver = await startReceiver();
    const replicate = clientOf(await startForTest());
    const wanted = { webhook: receiver.url, webhook_events_filter: ["start" as const] };
    await replicate.predictions.create({ ...hello, ...wanted });
    expect((await receiver.take(1)).map(statusOf)).toEqual(["processing"]);
  });

  test("a final one that is refused comes again under the same id until it is taken", async () => {
    const receiver = await startReceiver([500, 404, 200]);
    const double = await startForTest();
    const wanted = { webhook: receiver.url, webhook_events_filter: ["completed" as const] };
    await clientOf(double).predictions.create({ ...hello, ...wanted });
    const received = await receiver.take(3);
    expect(new Set(received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    const told = { kind: "webhook", event: "completed" };
    await eventually(() => logOf(double.url)).toMatchObject([
      { ...told, attempt: 1, status: 500, outcome: "refused" },
      { ...told, attempt: 2, status: 404, outcome: "refused" },
      { ...told, attempt: 3, status: 200, outcome: "delivered" },
    ]);
  });

  test("it is given up after seven attempts; redirects are refusals", async () => {
    const receiver = await startReceiver([302]);
    const double = await startForTest();
    const wanted = { webhook: receiver.url, webhook_events_filter: ["completed" as const] };
    await clientOf(double).predictions.create({ ...hello, ...wanted });
    await receiver.take(7);
    await eventually(async () => (await logOf(double.url)).length).toBe(7);
    expect((await logOf(double.url)).at(-1)).toMatchObject({ attempt: 7, status: 302, outcome: "refused" });
    expect(receiver.received).toHaveLength(7);
  });

  test("a canceled prediction says so", async () => {
    const receiver = await startReceiver();
    const replicate = clientOf(await startForTest({ timeScale: 1 }));
    const input = { input_image: "https://a.b/c" };
    const { id } = await replicate.predictions.create({ version: svdVersion, input, webhook: receiver.url });
    await replicate.predictions.cancel(id);
    expect((await receiver.take(1)).map(statusOf)).toEqual(["canceled"]);
  });
});

describe("webhooks that go wrong on request", () => {
  const wanted = (webhook: string) => ({ webhook, webhook_events_filter: ["completed" as const] });

  test("dropped: nothing arrives, and the log says why", async () => {
    const receiver = await startReceiver();
    const double = await startForTest();
    await plantFault(double, { fault: { kind: "webhook", drop: true } });
    await clientOf(double).predictions.create({ ...hello, ...wanted(receiver.url) });
    await eventually(() => logOf(double.url)).toMatchObject([{ outcome: "dropped by a fault" }]);
    expect(receiver.received).toEqual([]);
  });

  test("duplicated: the same id twice", async () => {
    const receiver = await startReceiver();
    const double = await startForTest();
    await plantFault(double, { fault: { kind: "webhook", duplicate: 1 } });
    await clientOf(double).predictions.create({ ...hello, ...wanted(receiver.url) });
    const [first, second] = await receiver.take(2);
    expect(second?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
  });

  test("forged: the signature does not verify", async () => {
    const receiver = await startReceiver();
    const double = await startForTest();
    await plantFault(double, { times: 1, fault: { kind: "webhook", forge: true } });
    await clientOf(double).predictions.create({ ...hello, ...wanted(receiver.url) });
    const [forged] = await receiver.take(1);
    expect(() => new Webhook(double.webhookSecret).verify(forged?.body ?? "", forged?.headers ?? {})).toThrow();
  });

  test("out of order: one comes after the next one of the same prediction", async () => {
    const receiver = await startReceiver();
    const double = await startForTest();
    await plantFault(double, { match: { event: "output" }, fault: { kind: "webhook", reorder: true } });
    await clientOf(double).predictions.create({ ...hello, webhook: receiver.url });
    expect((await receiver.take(2)).map(statusOf)).toEqual(["succeeded", "processing"]);
  });

  test("out of order: the last one comes late, and once", async () => {
    const receiver = await startReceiver();
    const double = await startForTest();
    await plantFault(double, { match: { event: "completed" }, fault: { kind: "webhook", reorder: true } });
    const { id } = await clientOf(double).predictions.create({ ...hello, ...wanted(receiver.url) });
    await eventually(async () => (await clientOf(double).predictions.get(id)).status).toBe("succeeded");
    expect(receiver.received).toEqual([]);
    await advanceClock(double, 5);
    await receiver.take(1);
    await eventually(() => logOf(double.url)).toMatchObject([{ outcome: "delivered", attempt: 1 }]);
  });

  test("every fifth only: the fault strikes one of five", async () => {
    const receiver = await startReceiver();
    const double = await startForTest();
    await plantFault(double, { every: 5, fault: { kind: "webhook", drop: true } });
    const replicate = clientOf(double);
    for (let index = 0; index < 5; index++) {
      await replicate.predictions.create({ ...hello, ...wanted(receiver.url) });
    }
    await receiver.take(4);
    await eventually(async () => (await logOf(double.url)).length).toBe(5);
    expect(receiver.received).toHaveLength(4);
  });
});
