import { expect, test } from "vitest";
import { startReplicateDouble } from "../src/index.ts";
import {
  clientOf,
  fluxSchnell,
  getJson,
  hello,
  small,
  startForTest,
  startReceiver,
  temporaryDirectory,
} from "./harness.ts";

test("what was running goes on after a restart; what was finished, the bill and the log are still there", async () => {
  const dataDir = await temporaryDirectory();
  const receiver = await startReceiver();
  const before = await startReplicateDouble({ port: 0, dataDir, timeScale: 1 });
  const { id } = await clientOf(before).predictions.create({
    model: fluxSchnell,
    input: { ...small, prompt: "patience" },
    webhook: receiver.url,
    webhook_events_filter: ["completed"],
  });
  await getJson(`${before.url}/_clock`, { method: "POST", body: '{"advanceSeconds":100}' });
  await before.close();

  const after = await startForTest({ dataDir });
  await receiver.take(1);
  const prediction = await clientOf(after).predictions.get(id);
  expect(prediction).toMatchObject({ status: "succeeded", output: [expect.stringContaining(after.url)] });
  expect((await fetch(prediction.output[0])).status).toBe(200);
  expect(await getJson(`${after.url}/_bill`)).toMatchObject({
    body: { entries: [{ predictionId: id }], totalMicros: 3_000 },
  });
  expect(await getJson(`${after.url}/_clock`)).toMatchObject({ body: { movedSeconds: 100 } });
  expect(await getJson(`${after.url}/_log?limit=1`)).toMatchObject({
    body: { entries: [{ method: "POST", status: 201 }] },
  });
});

test("a final webhook that nobody took is sent again by the next run", async () => {
  const dataDir = await temporaryDirectory();
  const receiver = await startReceiver([500, 200]);
  const before = await startReplicateDouble({ port: 0, dataDir, timeScale: 0.2 });
  await clientOf(before).predictions.create({
    ...hello,
    webhook: receiver.url,
    webhook_events_filter: ["completed"],
  });
  await receiver.take(1);
  await before.close();
  await startForTest({ dataDir });
  const [first, second] = await receiver.take(2);
  expect(second?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
});

test("a port that is taken is an error that names it", async () => {
  const { port } = await startForTest();
  await expect(startReplicateDouble({ port })).rejects.toThrow(/EADDRINUSE.*127\.0\.0\.1/);
});
