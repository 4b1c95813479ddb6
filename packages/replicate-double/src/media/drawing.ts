import { z } from "zod";

const imageDrawing = z.object({
  kind: z.literal("image"),
  width: z.int().positive(),
  height: z.int().positive(),
  format: z.enum(["png", "webp", "jpg"]),
  quality: z.int().min(0).max(100),
  count: z.int().positive(),
});

export const videoDrawing = z.object({
  kind: z.literal("video"),
  /** Only the shape is kept: frames are drawn small, so that a clip is encoded within a second. */
  aspect: z.number().positive(),
  frames: z.int().positive(),
  framesPerSecond: z.int().positive(),
});

export const audioDrawing = z.object({
  kind: z.literal("audio"),
  seconds: z.number().positive(),
  sampleRate: z.int().positive(),
});

/** What to draw; how it looks or sounds follows from a seed. */
export const drawingSchema = z.discriminatedUnion("kind", [imageDrawing, videoDrawing, audioDrawing]);

export type Drawing = z.infer<typeof drawingSchema>;
export type ImageDrawing = z.infer<typeof imageDrawing>;
export type VideoDrawing = z.infer<typeof videoDrawing>;
export type AudioDrawing = z.infer<typeof audioDrawing>;

/** Seconds that a viewer or listener gets; none for images. */
export function secondsOf(drawing: Drawing): number {
  if (drawing.kind === "video") return drawing.frames / drawing.framesPerSecond;
  return drawing.kind === "audio" ? drawing.seconds : 0;
}
