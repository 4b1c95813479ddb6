import sharp from "sharp";
import { randomFrom } from "../seed.ts";
import type { ImageDrawing } from "./drawing.ts";

// Many pictures at once fill the cores better than one picture on all of them, and none is drawn twice.
sharp.concurrency(1);
sharp.cache(false);

/** One landscape of layered ridges under a glowing sky. Shapes only: text would need the fonts of the machine. */
export async function drawImage(drawing: Omit<ImageDrawing, "kind" | "count">, seed: number): Promise<Uint8Array> {
  const { width, height, format, quality } = drawing;
  const picture = sharp(Buffer.from(landscape(width, height, randomFrom(seed)))).removeAlpha();
  switch (format) {
    case "png":
      return picture.png({ compressionLevel: 3 }).toBuffer();
    case "jpg":
      return picture.jpeg({ quality: Math.max(1, quality) }).toBuffer();
    case "webp":
      return picture.webp({ quality: Math.max(1, quality), effort: 0 }).toBuffer();
    default:
      return format satisfies never;
  }
}

function landscape(width: number, height: number, random: () => number): string {
  const hue = random() * 360;
  const accent = hue + 40 + random() * 120;
  const between = (low: number, high: number) => low + random() * (high - low);
  const glows = Array.from({ length: 5 }, (_, index) => {
    const tint = index % 2 === 0 ? accent : hue;
    const radius = between(0.2, 0.55) * width;
    return {
      definition: `<radialGradient id="g${index}"><stop stop-color="${hsl(tint, 85, 68)}" stop-opacity=".75"/><stop offset="1" stop-color="${hsl(tint, 85, 60)}" stop-opacity="0"/></radialGradient>`,
      shape: `<circle cx="${round(random() * width)}" cy="${round(between(0, 0.6) * height)}" r="${round(radius)}" fill="url(#g${index})"/>`,
    };
  });
  const stars = Array.from(
    { length: 60 },
    () =>
      `<circle cx="${round(random() * width)}" cy="${round(random() * height * 0.5)}" r="${round(between(0.4, 1.8))}" fill="#fff" fill-opacity="${round(between(0.2, 0.8))}"/>`,
  );
  const sun = `<circle cx="${round(between(0.2, 0.8) * width)}" cy="${round(between(0.2, 0.5) * height)}" r="${round(between(0.05, 0.12) * width)}" fill="${hsl(accent, 95, 80)}"/>`;
  const ridges = Array.from({ length: 6 }, (_, index) => {
    const path = ridge({ width, height, level: 0.45 + index * 0.09, roughness: 0.11 - index * 0.01, random });
    return `<path d="${path}" fill="${hsl(hue + index * 8, 45, 52 - index * 8)}"/>`;
  });
  const sky = `<linearGradient id="sky" x2=".3" y2="1"><stop stop-color="${hsl(hue, 70, 22)}"/><stop offset=".6" stop-color="${hsl(accent, 75, 58)}"/><stop offset="1" stop-color="${hsl(accent + 30, 85, 78)}"/></linearGradient>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><defs>${sky}${glows.map(({ definition }) => definition).join("")}</defs><rect width="100%" height="100%" fill="url(#sky)"/>${stars.join("")}${glows.map(({ shape }) => shape).join("")}${sun}${ridges.join("")}</svg>`;
}

interface Ridge {
  width: number;
  height: number;
  /** Height of the ridge and how far it strays from it, as parts of the picture's height. */
  level: number;
  roughness: number;
  random: () => number;
}

function ridge({ width, height, level, roughness, random }: Ridge): string {
  const phases = [random() * 7, random() * 7, random() * 7];
  const frequencies = [1 + random() * 2, 4 + random() * 3, 11 + random() * 8];
  const points = Array.from({ length: 81 }, (_, index) => {
    const across = index / 80;
    const wave = frequencies.reduce(
      (sum, frequency, octave) => sum + Math.sin(across * frequency * 3 + (phases[octave] ?? 0)) / (1 + octave * 2),
      0,
    );
    return `${round(across * width)} ${round((level + wave * roughness) * height)}`;
  });
  return `M0 ${height}L${points.join("L")}L${width} ${height}Z`;
}

const round = (value: number) => Math.round(value * 100) / 100;

const hsl = (hue: number, saturation: number, lightness: number) =>
  `hsl(${round(((hue % 360) + 360) % 360)},${saturation}%,${Math.max(6, lightness)}%)`;
