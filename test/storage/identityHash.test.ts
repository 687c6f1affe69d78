import { expect, test } from "bun:test";
import { seededRandom } from "../../src/domain/random.ts";
import { FreshIndex } from "../../src/storage/sqlite/freshIndex.ts";
import { type HashKey, hashKey, hashOf, randomHashKey } from "../../src/storage/sqlite/identityHash.ts";

const NOW = 1_760_000_000_000;
const SLOT_BITS = 12;

const random = seededRandom(1);
const someKey = () => hashKey(Uint32Array.from({ length: 7 }, () => random() * 2 ** 32));

/** Readings in the slot that has most of them. */
function mostInOneSlot(key: HashKey, times: readonly number[]): number {
  const slots = new Uint32Array(2 ** SLOT_BITS);
  for (const time of times) {
    const slot = hashOf(key, 1, 1, time) & (slots.length - 1);
    slots[slot] = (slots[slot] as number) + 1;
  }
  return Math.max(...slots);
}

/** As many times as there are slots, all of which fall into one. */
function collisions(key: HashKey): number[] {
  const times: number[] = [];
  for (let time = NOW; times.length < 2 ** SLOT_BITS; time--) {
    if ((hashOf(key, 1, 1, time) & (2 ** SLOT_BITS - 1)) === 5) times.push(time);
  }
  return times;
}

test("times that collide under one key spread under another", () => {
  const known = someKey();
  const times = collisions(known);
  expect(mostInOneSlot(known, times)).toBe(times.length);
  for (let tried = 0; tried < 50; tried++) expect(mostInOneSlot(someKey(), times)).toBeLessThan(32);
});

test("times that differ in few bits spread under every key", () => {
  const sequences = [
    (place: number) => NOW - place * 1_000,
    (place: number) => (place % 256) * 2 ** 24 + Math.floor(place / 256) * 2 ** 32,
    (place: number) => place * 2 ** 29,
  ];
  for (const timeAt of sequences) {
    const times = Array.from({ length: 2 ** SLOT_BITS }, (_, place) => timeAt(place));
    for (let tried = 0; tried < 50; tried++) expect(mostInOneSlot(someKey(), times)).toBeLessThan(32);
  }
});

test("every key is another one, and finds what was added by it", () => {
  const keys = [randomHashKey(), randomHashKey()] as const;
  expect(keys[0]).not.toEqual(keys[1]);
  for (const key of keys) {
    const index = new FreshIndex(key);
    for (let place = 0; place < 3_000; place++) index.add(place + 1, 1, 1, NOW + place, NOW, 72, false);
    expect(index.has(1, 1, NOW + 2_999)).toBe(true);
    expect(index.has(1, 2, NOW + 2_999)).toBe(false);
    expect(index.has(1, 1, NOW + 3_000)).toBe(false);
  }
});
