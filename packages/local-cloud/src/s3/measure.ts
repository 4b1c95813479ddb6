import { createHash } from "node:crypto";
import { type ChecksumAlgorithm, createDigest } from "./checksums.ts";

export interface Measured {
  bytes: number;
  md5: Buffer;
  /** In base64. Throws for an algorithm that was not asked for. */
  checksum(algorithm: ChecksumAlgorithm): string;
}

/** Length, MD5 and checksums of a stream, in one pass. */
export function createMeasure(algorithms: Iterable<ChecksumAlgorithm>) {
  const md5 = createHash("md5");
  const digests = new Map([...algorithms].map((algorithm) => [algorithm, createDigest(algorithm)]));
  let bytes = 0;
  return {
    /** Returns the length so far. */
    update(chunk: Uint8Array): number {
      md5.update(chunk);
      for (const digest of digests.values()) digest.update(chunk);
      bytes += chunk.length;
      return bytes;
    },
    finish(): Measured {
      const checksums = new Map([...digests].map(([algorithm, digest]) => [algorithm, digest.base64()]));
      return {
        bytes,
        md5: md5.digest(),
        checksum(algorithm) {
          const value = checksums.get(algorithm);
          if (value === undefined) throw new Error(`${algorithm} was not measured`);
          return value;
        },
      };
    },
  };
}
