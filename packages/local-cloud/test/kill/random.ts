export interface Random {
  /** From 0 up to, not including, `limit`. */
  below(limit: number): number;
  bytes(count: number): Buffer;
}

/** The same numbers for the same seed (mulberry32). */
export function seededRandom(seed: number): Random {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return {
    below: (limit) => next() % limit,
    bytes: (count) => Buffer.from(Uint32Array.from({ length: Math.ceil(count / 4) }, next).buffer).subarray(0, count),
  };
}
