import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ChecksumAlgorithm, checksumAlgorithms, checksumOfParts, createDigest } from "./checksums.ts";

const digestOf = (algorithm: ChecksumAlgorithm, ...chunks: Uint8Array[]) => {
  const digest = createDigest(algorithm);
  for (const chunk of chunks) digest.update(chunk);
  return digest.base64();
};

/** The catalogue's check values: the CRC of "123456789". */
test.each([
  ["crc32", "cbf43926"],
  ["crc32c", "e3069283"],
  ["crc64nvme", "ae8b14860a799888"],
] as const)("%s has its published check value", (algorithm, hex) => {
  expect(Buffer.from(digestOf(algorithm, Buffer.from("123456789")), "base64").toString("hex")).toBe(hex);
});

describe.each(checksumAlgorithms)("%s", (algorithm) => {
  test("does not depend on how the bytes are cut", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), (bytes, cut) => {
        expect(digestOf(algorithm, bytes.subarray(0, cut), bytes.subarray(cut))).toBe(digestOf(algorithm, bytes));
      }),
    );
  });
});

test("the CRC of the whole follows from those of the parts", () => {
  const parts = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(fc.constantFrom("crc32", "crc32c", "crc64nvme"), parts, (algorithm, chunks) => {
      const described = chunks.map((chunk) => ({ checksum: digestOf(algorithm, chunk), bytes: chunk.length }));
      expect(checksumOfParts(algorithm, "FULL_OBJECT", described).value).toBe(digestOf(algorithm, ...chunks));
    }),
  );
});

test("a composite checksum is that of the parts' checksums, with their number", () => {
  const parts = ["a", "b"].map((text) => ({ checksum: digestOf("sha256", Buffer.from(text)), bytes: 1 }));
  const expected = createHash("sha256");
  for (const { checksum } of parts) expected.update(checksum, "base64");
  expect(checksumOfParts("sha256", "COMPOSITE", parts).value).toBe(`${expected.digest("base64")}-2`);
});
