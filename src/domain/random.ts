/** A source of chance: each call gives a number from 0 (included) to 1 (excluded). */
export type Random = () => number;

const UINT32 = 2 ** 32;

/**
 * Makes a source of chance that repeats itself: the same seed gives the same numbers, on every machine. Good enough
 * for simulations, never for secrets.
 *
 * The generator is mulberry32 (a public-domain design by Tommy Ettinger): one 32-bit word of state, started from a
 * scrambled seed, because neighbouring seeds are the usual choice for neighbouring users.
 *
 * @param seed an integer from 0 to `Number.MAX_SAFE_INTEGER`
 */
export function seededRandom(seed: number): Random {
  let state = scramble(scramble(seed % UINT32) ^ Math.floor(seed / UINT32));
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / UINT32;
  };
}

/** The finishing step of MurmurHash3 (public domain): every bit of the input moves about half of the output's. */
function scramble(word: number): number {
  let mixed = word ^ (word >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** A number from `low` (included) to `high` (excluded), each as likely as another. */
export function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random();
}

/** A number from the normal distribution of mean 0 and standard deviation 1 (the method of Box and Muller). */
export function gaussian(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return radius * Math.cos(2 * Math.PI * random());
}
