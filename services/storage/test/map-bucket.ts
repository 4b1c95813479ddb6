import {
  BucketUnavailable,
  type ByteStream,
  type FoundVerdict,
  type MediaBucket,
  type Verdicts,
} from "../src/media-bucket.ts";

/** The bucket in two Maps; while it is `down`, it answers nobody. */
export function createMapBucket() {
  const objects = new Map<string, { contentType: string; bytes: Buffer; storedAt: string }>();
  const verdicts = new Map<string, FoundVerdict>();
  const state = { down: false };
  let saves = 0;

  const ask = () => {
    if (state.down) throw new BucketUnavailable("the bucket is down");
  };
  const stored = (key: string) => {
    const object = objects.get(key);
    if (!object) throw new BucketUnavailable("the object is not there");
    return object;
  };

  const bucket: MediaBucket & Verdicts = {
    async saveMedia(key, { contentType, body, storedAt }) {
      ask();
      const bytes = Buffer.isBuffer(body) ? body : await gather(body);
      if (objects.has(key)) return "taken";
      objects.set(key, { contentType, bytes, storedAt });
      return "saved";
    },
    async findMedia(prefix) {
      ask();
      return [...objects.keys()].filter((key) => key.startsWith(prefix)).sort();
    },
    async hasMedia(key) {
      ask();
      return objects.has(key);
    },
    async readMedia(key) {
      ask();
      const { contentType, bytes, storedAt } = stored(key);
      return { contentType, body: pieceByPiece(bytes), storedAt };
    },
    async readRange(key, { start, end }) {
      ask();
      return stored(key).bytes.subarray(start, end);
    },
    async findVerdict(jobId) {
      ask();
      return verdicts.get(jobId) ?? null;
    },
    async saveVerdict(jobId, verdict, over) {
      ask();
      const standing = verdicts.get(jobId);
      if (standing && standing.version !== over?.version) return standing;
      const saved = { verdict, version: `v${++saves}` };
      verdicts.set(jobId, saved);
      return saved;
    },
  };
  return { ...bucket, objects, verdicts, state };
}

/** In pieces of a socket's size. */
export async function* pieceByPiece(bytes: Buffer, pieceBytes = 65_536): ByteStream {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

export async function gather(stream: ByteStream): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}
