/** The random numbers by which identities are hashed: who does not know them cannot choose times that collide. */
export interface HashKey {
  readonly start: number;
  readonly low: number;
  readonly high: number;
  readonly profile: number;
  readonly source: number;
  readonly middle: number;
  readonly end: number;
}

/** @param words seven random 32-bit words */
export function hashKey(words: Uint32Array): HashKey {
  const [start, low, high, profile, source, middle, end] = words as unknown as number[];
  // Odd factors lose no bit modulo 2^32.
  const odd = (word = 0) => word | 1;
  return {
    start: (start ?? 0) | 0,
    low: odd(low),
    high: odd(high),
    profile: odd(profile),
    source: odd(source),
    middle: (middle ?? 0) | 0,
    end: odd(end),
  };
}

/** A key that nobody else knows. */
export function randomHashKey(): HashKey {
  return hashKey(crypto.getRandomValues(new Uint32Array(7)));
}

/**
 * Mixes an identity into 32 bits. Senders choose the claimed time, so each of its words meets a factor of the key before
 * it is folded into the others, and the finaliser (of MurmurHash3, public domain by Austin Appleby) another two.
 */
export function hashOf(key: HashKey, profile: number, source: number, measuredAt: number): number {
  let hash = (key.start + Math.imul(measuredAt >>> 0, key.low)) | 0;
  hash = (hash + Math.imul((measuredAt / 0x1_0000_0000) >>> 0, key.high)) | 0;
  hash = (hash + Math.imul(profile, key.profile)) | 0;
  hash = (hash + Math.imul(source, key.source)) | 0;
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b) ^ key.middle;
  hash ^= hash >>> 13;
  hash = Math.imul(hash, key.end);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
