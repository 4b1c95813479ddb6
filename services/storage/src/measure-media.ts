import type { StoredMedia } from "@vsl/events";
import { imageDimensionsFromData } from "image-dimensions";
import { ADTS, CustomSource, FLAC, Input, MATROSKA, MP3, MP4, OGG, QTFF, WAVE, WEBM } from "mediabunny";

export type Measures = Pick<StoredMedia, "width" | "height" | "durationSeconds">;

export interface Measurable {
  contentType: string;
  bytes: number;
  /** The first bytes, as many as there are at hand. */
  head: Uint8Array;
  read: (range: { start: number; end: number }) => Promise<Uint8Array>;
}

/** A file that needs more than this to be measured is stored without measures. */
const readBudgetBytes = 32 * 1024 * 1024;
const formats = [MP4, QTFF, WEBM, MATROSKA, WAVE, MP3, FLAC, OGG, ADTS];

/** Pixels and seconds, where the format tells them. Throws only what `read` throws. */
export async function measureMedia(media: Measurable): Promise<Measures> {
  return media.contentType.startsWith("image/") ? measureImage(media.head) : measureTimed(media);
}

function measureImage(head: Uint8Array): Measures {
  const found = imageDimensionsFromData(head);
  return found && found.width > 0 && found.height > 0 ? { width: found.width, height: found.height } : {};
}

async function measureTimed({ bytes, read }: Measurable): Promise<Measures> {
  let budget = readBudgetBytes;
  let unreadable: { error: unknown } | null = null;
  const source = new CustomSource({
    getSize: () => bytes,
    read: async (start, end) => {
      budget -= end - start;
      if (budget < 0) throw new Error("the file needs too many reads to be measured");
      try {
        return await read({ start, end });
      } catch (error) {
        unreadable = { error };
        throw error;
      }
    },
    // Every read is awaited here; what one of them threw is known by then.
    handleUnhandledError: () => {},
  });
  using input = new Input({ formats, source });
  try {
    return await measuresOf(input);
  } catch (cause) {
    if (unreadable !== null) throw cause;
    // A damaged or unusual file: its bytes are kept as they are, unmeasured.
    return {};
  }
}

async function measuresOf(input: Input): Promise<Measures> {
  const video = await input.getPrimaryVideoTrack();
  const [width, height] = video ? [await video.getDisplayWidth(), await video.getDisplayHeight()] : [0, 0];
  const seconds = (await input.getDurationFromMetadata()) ?? (await input.computeDuration());
  return {
    ...(width > 0 && height > 0 && { width, height }),
    ...(Number.isFinite(seconds) && seconds > 0 && { durationSeconds: Math.round(seconds * 1000) / 1000 }),
  };
}
