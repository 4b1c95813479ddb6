import h264 from "h264-mp4-encoder";
import { randomFrom } from "../seed.ts";
import type { VideoDrawing } from "./drawing.ts";

/** Pixels of a whole clip that are encoded in well under a second. */
const PIXEL_BUDGET = 13_000_000;
const LARGEST_SIDE = 640;
const SMALLEST_SIDE = 160;

/** A playable H.264 clip without sound: slow waves of colour and a light that wanders through them. */
export async function drawVideo({ aspect, frames, framesPerSecond }: VideoDrawing, seed: number): Promise<Uint8Array> {
  const { width, height } = frameSize(aspect, frames);
  const encoder = await h264.createH264MP4Encoder();
  try {
    encoder.outputFilename = "clip.mp4";
    encoder.width = width;
    encoder.height = height;
    encoder.frameRate = framesPerSecond;
    encoder.speed = 10;
    encoder.quantizationParameter = 28;
    encoder.groupOfPictures = framesPerSecond * 2;
    encoder.initialize();
    const paint = createPainter({ width, height, seed });
    for (let frame = 0; frame < frames; frame++) encoder.addFrameYuv(paint(frame / framesPerSecond));
    encoder.finalize();
    const clip = encoder.FS.readFile(encoder.outputFilename);
    encoder.FS.unlink(encoder.outputFilename);
    return clip;
  } finally {
    encoder.delete();
  }
}

/** The largest frame of this shape that the budget allows; the encoder wants even sides. */
export function frameSize(aspect: number, frames: number): { width: number; height: number } {
  const longest = Math.sqrt((PIXEL_BUDGET / frames) * Math.max(aspect, 1 / aspect));
  const side = Math.min(LARGEST_SIDE, Math.max(SMALLEST_SIDE, longest));
  const even = (pixels: number) => Math.max(16, Math.round(pixels / 16) * 16);
  return aspect >= 1
    ? { width: even(side), height: even(side / aspect) }
    : { width: even(side * aspect), height: even(side) };
}

/** Frames in planar YUV 4:2:0. Waves are sums of a part per row and one per column, so that a pixel costs two additions. */
function createPainter({ width, height, seed }: { width: number; height: number; seed: number }) {
  const random = randomFrom(seed);
  const luma = width * height;
  const chroma = luma / 4;
  const frame = new Uint8Array(luma + 2 * chroma);
  const [phase, drift, slant] = [random() * 7, 0.4 + random() * 0.8, 2 + random() * 4];
  const [blue, red] = [60 + random() * 136, 60 + random() * 136];

  const wave = (length: number, frequency: number, at: number) =>
    Float32Array.from({ length }, (_, index) => Math.sin((index / length) * frequency + at));

  return (seconds: number): Uint8Array => {
    const turn = phase + seconds * drift;
    const columns = wave(width, slant, turn);
    const rows = wave(height, slant * 0.7, -turn * 0.8);
    const lightX = width * (0.5 + 0.35 * Math.sin(turn));
    const lightY = height * (0.5 + 0.3 * Math.cos(turn * 1.3));
    const reach = (Math.min(width, height) * 0.4) ** 2;
    for (let y = 0; y < height; y++) {
      const row = rows[y] ?? 0;
      for (let x = 0; x < width; x++) {
        const distance = (x - lightX) ** 2 + (y - lightY) ** 2;
        const light = distance < reach ? 70 * (1 - distance / reach) : 0;
        frame[y * width + x] = 110 + 32 * ((columns[x] ?? 0) + row) + light;
      }
    }
    for (let y = 0; y < height / 2; y++) {
      for (let x = 0; x < width / 2; x++) {
        const at = luma + (y * width) / 2 + x;
        frame[at] = blue + 30 * (columns[x * 2] ?? 0);
        frame[at + chroma] = red + 30 * (rows[y * 2] ?? 0);
      }
    }
    return frame;
  };
}
