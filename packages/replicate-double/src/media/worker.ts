import { parentPort } from "node:worker_threads";
import { drawAudio } from "./audio.ts";
import { commissionSchema, type Delivery } from "./commission.ts";
import { drawVideo } from "./video.ts";

/** Video and sound are computed here, one after the other, so that the API answers meanwhile. */
let previous = Promise.resolve();

parentPort?.on("message", (message: unknown) => {
  previous = previous.then(() => deliver(message));
});

async function deliver(message: unknown): Promise<void> {
  const { id, drawing, seed } = commissionSchema.parse(message);
  try {
    const bytes = drawing.kind === "video" ? await drawVideo(drawing, seed) : drawAudio(drawing, seed);
    parentPort?.postMessage({ id, bytes } satisfies Delivery);
  } catch (error) {
    parentPort?.postMessage({ id, problem: String(error) } satisfies Delivery);
  }
}
