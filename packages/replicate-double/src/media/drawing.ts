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
  /** Files to make, by name: each sounds different. */
  tracks: z.array(z.string()).default(["output"]),
});

/** Words in the pieces (tokens) in which a model gives them. */
const textDrawing = z.object({ kind: z.literal("text"), pieces: z.array(z.string()) });

/** What is no file and comes as a whole. */
const valueDrawing = z.object({ kind: z.literal("value"), value: z.unknown() });

/** What to make; how it looks or sounds follows from a seed. */
export const drawingSchema = z.discriminatedUnion("kind", [
  imageDrawing,
  videoDrawing,
  audioDrawing,
  textDrawing,
  valueDrawing,
]);

export type Drawing = z.infer<typeof drawingSchema>;
export type ImageDrawing = z.infer<typeof imageDrawing>;
export type VideoDrawing = z.infer<typeof videoDrawing>;
export type AudioDrawing = z.infer<typeof audioDrawing>;

/** The files that will be made of it. */
export function namesOf(drawing: Drawing): string[] {
  switch (drawing.kind) {
    case "image":
      return Array.from({ length: drawing.count }, (_, index) => `out-${index}.${drawing.format}`);
    case "video":
      return ["output.mp4"];
    case "audio":
      return drawing.tracks.map((track) => `${track}.wav`);
    case "text":
    case "value":
      return [];
    default:
      return drawing satisfies never;
  }
}

/** Seconds that a viewer or listener gets; none for what does not last. */
export function secondsOf(drawing: Drawing): number {
  if (drawing.kind === "video") return drawing.frames / drawing.framesPerSecond;
  return drawing.kind === "audio" ? drawing.seconds : 0;
}
