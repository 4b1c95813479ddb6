import { createHash } from "node:crypto";
import { ALL_FORMATS, BufferSource, Input } from "mediabunny";
import sharp from "sharp";

export interface Download {
  bytes: Buffer;
  contentType: string | null;
  sha256: string;
}

/** Follows a media link as a browser would. */
export async function download(url: string): Promise<Download> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`The media is refused with ${response.status}: ${await response.text()}`);
  const bytes = Buffer.from(await response.arrayBuffer());
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { bytes, contentType: response.headers.get("content-type"), sha256 };
}

/** Decodes every pixel: a file that is cut off or damaged does not get through. */
export async function lookAt(bytes: Buffer) {
  const image = sharp(bytes, { failOn: "warning" });
  const { format, width, height } = await image.metadata();
  const { entropy } = await image.stats();
  return { format, width, height, isBlank: entropy < 0.5 };
}

/** What a player learns from the container, and from walking through every packet of its first track. */
export async function play(bytes: Buffer) {
  using media = new Input({ formats: ALL_FORMATS, source: new BufferSource(bytes) });
  const [track] = await media.getTracks();
  if (!track) throw new Error("The media has no track");
  const { packetCount, averagePacketRate } = await track.computePacketStats();
  const mimeType = await media.getMimeType();
  return {
    mimeType: mimeType.split(";")[0],
    kind: track.type,
    codec: await track.getCodec(),
    packets: packetCount,
    packetsPerSecond: averagePacketRate,
    durationSeconds: await media.computeDuration(),
  };
}
