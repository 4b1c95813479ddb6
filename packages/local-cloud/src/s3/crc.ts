/**
 * Reflected CRCs that Node does not have (CRC-32C, CRC-64/NVME), eight bytes a step. A 32-bit CRC is a 64-bit one whose
 * upper half stays zero, so that one loop serves both.
 */
export interface Crc {
  /** Continues from `value`; begin with 0n. */
  update(value: bigint, bytes: Uint8Array): bigint;
  /** The CRC of A followed by B, out of the CRC of each. */
  combine(a: bigint, b: bigint, bytesOfB: number): bigint;
}

export function createCrc(width: 32 | 64, polynomial: bigint): Crc {
  const ones = (1n << BigInt(width)) - 1n;
  const shifted = shiftBy(width, polynomial);
  let tables: Tables | undefined;
  return {
    update(value, bytes) {
      tables ??= createTables(polynomial);
      return run(tables, value ^ ones, bytes) ^ ones;
    },
    combine: (a, b, bytesOfB) => shifted(a, bytesOfB) ^ b,
  };
}

interface Tables {
  low: Int32Array;
  high: Int32Array;
}

/** `low` and `high` hold eight tables of 256 after each other: table t is a byte's effect after t further zero bytes. */
function createTables(polynomial: bigint): Tables {
  const entries: bigint[] = [];
  for (let byte = 0; byte < 256; byte++) {
    let entry = BigInt(byte);
    for (let bit = 0; bit < 8; bit++) entry = entry & 1n ? (entry >> 1n) ^ polynomial : entry >> 1n;
    entries.push(entry);
  }
  for (let i = 256; i < 2048; i++) {
    const previous = entries[i - 256] ?? 0n;
    entries.push((previous >> 8n) ^ (entries[Number(previous & 255n)] ?? 0n));
  }
  return {
    low: Int32Array.from(entries, (entry) => Number(BigInt.asIntN(32, entry))),
    high: Int32Array.from(entries, (entry) => Number(BigInt.asIntN(32, entry >> 32n))),
  };
}

function run({ low, high }: Tables, start: bigint, bytes: Uint8Array): bigint {
  const at = (table: Int32Array, index: number) => table[index] ?? 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let lo = Number(BigInt.asIntN(32, start));
  let hi = Number(BigInt.asIntN(32, start >> 32n));
  let i = 0;
  for (; i + 8 <= bytes.length; i += 8) {
    const x = lo ^ view.getInt32(i, true);
    const y = hi ^ view.getInt32(i + 4, true);
    const i7 = 1792 + (x & 255);
    const i6 = 1536 + ((x >>> 8) & 255);
    const i5 = 1280 + ((x >>> 16) & 255);
    const i4 = 1024 + (x >>> 24);
    const i3 = 768 + (y & 255);
    const i2 = 512 + ((y >>> 8) & 255);
    const i1 = 256 + ((y >>> 16) & 255);
    const i0 = y >>> 24;
    lo = at(low, i7) ^ at(low, i6) ^ at(low, i5) ^ at(low, i4) ^ at(low, i3) ^ at(low, i2) ^ at(low, i1) ^ at(low, i0);
    hi =
      at(high, i7) ^
      at(high, i6) ^
      at(high, i5) ^
      at(high, i4) ^
      at(high, i3) ^
      at(high, i2) ^
      at(high, i1) ^
      at(high, i0);
  }
  for (; i < bytes.length; i++) {
    const index = (lo ^ view.getUint8(i)) & 255;
    lo = ((lo >>> 8) | (hi << 24)) ^ at(low, index);
    hi = (hi >>> 8) ^ at(high, index);
  }
  return (BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0);
}

/** Multiplies by x^(8n) modulo the polynomial: what n further zero bytes do to a CRC. */
function shiftBy(width: number, polynomial: bigint): (crc: bigint, bytes: number) => bigint {
  const one = 1n << BigInt(width - 1);
  const factors = new Map<number, bigint>();
  const multiply = (a: bigint, b: bigint) => {
    let product = 0n;
    let power = b;
    for (let bit = one; bit > 0n; bit >>= 1n) {
      if (a & bit) product ^= power;
      power = power & 1n ? (power >> 1n) ^ polynomial : power >> 1n;
    }
    return product;
  };
  const factorOf = (bytes: number) => {
    let factor = one;
    let square = one >> 8n;
    for (let rest = bytes; rest > 0; rest = Math.floor(rest / 2)) {
      if (rest % 2 === 1) factor = multiply(factor, square);
      square = multiply(square, square);
    }
    return factor;
  };
  return (crc, bytes) => {
    const factor = factors.get(bytes) ?? factorOf(bytes);
    // Nearly all parts of an upload have one length: remember a few.
    if (factors.size < 64) factors.set(bytes, factor);
    return multiply(crc, factor);
  };
}
