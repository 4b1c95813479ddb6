import type { MediaType } from "@vsl/events";
import { fileTypeFromBuffer } from "file-type";
import { OutputLost } from "./output-errors.ts";

export interface MediaFormat {
  contentType: string;
  extension: string;
}

/** What browsers and players show and none of them runs: no HTML, no SVG, no archives, no documents. */
const accepted: Readonly<Record<MediaType, ReadonlySet<string>>> = {
  image: new Set([
    "image/apng",
    "image/avif",
    "image/bmp",
    "image/gif",
    "image/heic",
    "image/heif",
    "image/jpeg",
    "image/jxl",
    "image/png",
    "image/tiff",
    "image/webp",
  ]),
  video: new Set(["video/matroska", "video/mp4", "video/quicktime", "video/webm", "video/x-m4v"]),
  audio: new Set([
    "audio/aac",
    "audio/aiff",
    "audio/flac",
    "audio/mp4",
    "audio/mpeg",
    "audio/ogg",
    "audio/ogg; codecs=opus",
    "audio/wav",
    "audio/x-m4a",
  ]),
};

/** Whether a stored content type may be shown where it is opened, instead of being saved to a file. */
export const isShowable = (contentType: string) => Object.values(accepted).some((types) => types.has(contentType));

/** Tells the format by the first bytes; what upstream claims does not count. */
export async function sniffFormat(head: Uint8Array, mediaType: MediaType): Promise<MediaFormat> {
  const found = await fileTypeFromBuffer(head);
  if (found && accepted[mediaType].has(found.mime)) return { contentType: found.mime, extension: found.ext };
  const what = found ? `is ${found.mime}` : "has no known type";
  throw new OutputLost("output_type_refused", `The output ${what}, which is not stored for ${mediaType} jobs.`);
}
