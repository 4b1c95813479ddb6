import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { z } from "zod";
import { createCrc } from "./crc.ts";

export const checksumAlgorithm = z.enum(["crc32", "crc32c", "crc64nvme", "sha1", "sha256"]);
export type ChecksumAlgorithm = z.infer<typeof checksumAlgorithm>;
export const checksumAlgorithms = checksumAlgorithm.options;

export const checksumType = z.enum(["FULL_OBJECT", "COMPOSITE"]);
export type ChecksumType = z.infer<typeof checksumType>;

export const checksum = z.object({ algorithm: checksumAlgorithm, type: checksumType, value: z.string() });
/** `value` is base64; of a composite one it ends with `-<number of parts>`. */
export type Checksum = z.infer<typeof checksum>;

/** What S3 takes when the client names none. */
export const defaultAlgorithm = "crc64nvme" satisfies ChecksumAlgorithm;

const crc32Combiner = createCrc(32, 0xedb88320n);
const crc32c = createCrc(32, 0x82f63b78n);
const crc64nvme = createCrc(64, 0x9a6c9329ac4bc9b5n);

const crcs = {
  crc32: { bytes: 4, combine: crc32Combiner.combine },
  crc32c: { bytes: 4, combine: crc32c.combine },
  crc64nvme: { bytes: 8, combine: crc64nvme.combine },
};

export const digestBytes: Record<ChecksumAlgorithm, number> = {
  crc32: 4,
  crc32c: 4,
  crc64nvme: 8,
  sha1: 20,
  sha256: 32,
};

export interface Digest {
  update(chunk: Uint8Array): void;
  base64(): string;
}

export function createDigest(algorithm: ChecksumAlgorithm): Digest {
  switch (algorithm) {
    case "crc32": {
      let value = 0;
      return {
        update: (chunk) => {
          value = crc32(chunk, value);
        },
        base64: () => toBase64(BigInt(value), 4),
      };
    }
    case "crc32c":
    case "crc64nvme": {
      const crc = algorithm === "crc32c" ? crc32c : crc64nvme;
      let value = 0n;
      return {
        update: (chunk) => {
          value = crc.update(value, chunk);
        },
        base64: () => toBase64(value, digestBytes[algorithm]),
      };
    }
    case "sha1":
    case "sha256": {
      const hash = createHash(algorithm);
      return {
        update: (chunk) => {
          hash.update(chunk);
        },
        base64: () => hash.digest("base64"),
      };
    }
    default:
      return algorithm satisfies never;
  }
}

/** A multipart object's checksum out of its parts': the checksum of their checksums, or the very checksum of all bytes. */
export function checksumOfParts(
  algorithm: ChecksumAlgorithm,
  type: ChecksumType,
  parts: { checksum: string; bytes: number }[],
): Checksum {
  if (type === "COMPOSITE") {
    const digest = createDigest(algorithm);
    for (const part of parts) digest.update(Buffer.from(part.checksum, "base64"));
    return { algorithm, type, value: `${digest.base64()}-${parts.length}` };
  }
  if (algorithm === "sha1" || algorithm === "sha256") throw new Error(`${algorithm} of parts cannot be combined`);
  const { bytes, combine } = crcs[algorithm];
  const value = parts.reduce((crc, part) => combine(crc, fromBase64(part.checksum), part.bytes), 0n);
  return { algorithm, type, value: toBase64(value, bytes) };
}

function toBase64(value: bigint, bytes: number): string {
  return Buffer.from(value.toString(16).padStart(bytes * 2, "0"), "hex").toString("base64");
}

function fromBase64(value: string): bigint {
  return BigInt(`0x${Buffer.from(value, "base64").toString("hex")}`);
}
