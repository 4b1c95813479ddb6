import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { seedFrom } from "../seed.ts";
import { type Commission, deliverySchema } from "./commission.ts";
import { type Drawing, namesOf } from "./drawing.ts";
import { drawImage } from "./image.ts";

export interface DrawnFile {
  name: string;
  contentType: string;
  bytes: Uint8Array;
}

export interface Studio {
  /** The same drawing and seed give the same bytes; words and values are no files. */
  draw(drawing: Drawing, seed: number): Promise<DrawnFile[]>;
  close(): Promise<void>;
}

const contentTypes = new Map([
  [".png", "image/png"],
  [".webp", "image/webp"],
  [".jpg", "image/jpeg"],
  [".mp4", "video/mp4"],
  [".wav", "audio/wav"],
]);

interface Waiting {
  resolve: (bytes: Uint8Array) => void;
  reject: (error: Error) => void;
}

/** Images are drawn by sharp's own threads; video and sound by a worker thread, which starts when it is first needed. */
export function createStudio(): Studio {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let closed = false;
  let lastId = 0;

  const failAll = (error: Error) => {
    worker = undefined;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };

  const hire = (): Worker => {
    const hired = new Worker(new URL("./worker.ts", import.meta.url));
    hired.on("message", (message: unknown) => {
      const delivery = deliverySchema.parse(message);
      const waiter = waiting.get(delivery.id);
      waiting.delete(delivery.id);
      if ("bytes" in delivery) waiter?.resolve(delivery.bytes);
      else waiter?.reject(new Error(delivery.problem));
    });
    hired.on("error", (error) => failAll(error instanceof Error ? error : new Error(String(error))));
    hired.on("exit", () => failAll(new Error("The drawing thread has ended")));
    return hired;
  };

  const commission = (drawing: Commission["drawing"], seed: number) =>
    new Promise<Uint8Array>((resolve, reject) => {
      if (closed) return reject(new Error("The studio is closed"));
      const id = ++lastId;
      waiting.set(id, { resolve, reject });
      worker ??= hire();
      worker.postMessage({ id, drawing, seed } satisfies Commission);
    });

  return {
    async draw(drawing, seed) {
      if (drawing.kind === "text" || drawing.kind === "value") return [];
      const drawOne = async (name: string, index: number) => {
        const seedOfFile = index === 0 ? seed : seedFrom(seed, index);
        const bytes = await (drawing.kind === "image"
          ? drawImage(drawing, seedOfFile)
          : commission(drawing, seedOfFile));
        return { name, contentType: contentTypes.get(extname(name)) ?? "application/octet-stream", bytes };
      };
      return Promise.all(namesOf(drawing).map(drawOne));
    },
    async close() {
      closed = true;
      await worker?.terminate();
    },
  };
}
