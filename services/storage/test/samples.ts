import { deflateSync } from "node:zlib";
import {
  BufferTarget,
  EncodedPacket,
  EncodedVideoPacketSource,
  Mp4OutputFormat,
  Output,
  WebMOutputFormat,
} from "mediabunny";

/** Small real files, made here so that their measures are known. */
export function png(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const rows = deflateSync(Buffer.alloc((width * 3 + 1) * height));
  return Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    chunk("IHDR", header),
    chunk("IDAT", rows),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** Chunks' checksums are of no interest to whoever only reads headers. */
function chunk(name: string, content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, Buffer.from(name, "latin1"), content, Buffer.alloc(4)]);
}

/** The head of a WAV of 16 bits, one channel, 48 kHz: its samples follow. */
export function wavHead(sampleBytes: number): Buffer {
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + sampleBytes, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(48_000, 24);
  head.writeUInt32LE(96_000, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36);
  head.writeUInt32LE(sampleBytes, 40);
  return head;
}

export const wav = (seconds: number) => Buffer.concat([wavHead(seconds * 96_000), Buffer.alloc(seconds * 96_000)]);

/** Silent frames of 417 bytes: MPEG-1 layer 3, 128 kbit/s, 44.1 kHz, 1152 samples each. */
export function mp3(frames: number): Buffer {
  const frame = Buffer.alloc(417);
  frame.writeUInt32BE(0xfffb9000);
  return Buffer.concat(Array.from({ length: frames }, () => frame));
}

/** Two seconds, 320 × 180, 10 pictures a second of so many bytes; with its index at the end, as encoders leave it. */
export async function video(container: "mp4" | "webm", pictureBytes = 50): Promise<Buffer> {
  const target = new BufferTarget();
  const format = container === "mp4" ? new Mp4OutputFormat({ fastStart: false }) : new WebMOutputFormat();
  const output = new Output({ format, target });
  const pictures = new EncodedVideoPacketSource("vp9");
  output.addVideoTrack(pictures, { frameRate: 10 });
  await output.start();
  const config = { codec: "vp09.00.10.08", codedWidth: 320, codedHeight: 180 };
  for (let picture = 0; picture < 20; picture++) {
    const packet = new EncodedPacket(new Uint8Array(pictureBytes).fill(1), "key", picture / 10, 0.1);
    await pictures.add(packet, { decoderConfig: config });
  }
  await output.finalize();
  if (!target.buffer) throw new Error("the video is empty");
  return Buffer.from(target.buffer);
}
