/** Pixels of about a megapixel (or what is asked for) in the shape of an aspect ratio, in steps of 16 as diffusion models have it. */
export function sizeOf(aspectRatio: string, megapixels = 1): { width: number; height: number } {
  const [across = 1, down = 1] = aspectRatio.split(":").map(Number);
  const ratio = across / down;
  const height = Math.sqrt((megapixels * 1024 * 1024) / ratio);
  return { width: toSixteen(height * ratio), height: toSixteen(height) };
}

const toSixteen = (pixels: number) => Math.max(16, Math.round(pixels / 16) * 16);

export const aspectOf = (aspectRatio: string): number => {
  const { width, height } = sizeOf(aspectRatio);
  return width / height;
};
