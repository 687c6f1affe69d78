import { describe, expect, test } from "bun:test";
import type { Bpm, EpochMs, ProfileId } from "../../src/domain/reading.ts";
import type { LiveReading } from "../../src/live/bus.ts";
import { MemoryBus } from "../../src/live/memoryBus.ts";

const [ANNA, BEN] = [1, 2] as ProfileId[] as [ProfileId, ProfileId];

const readingOf = (profile: ProfileId, sequence: number): LiveReading => ({
  profile,
  sequence,
  effectiveAt: 0 as EpochMs,
  bpm: 75 as Bpm,
});

function listenTo(bus: MemoryBus, profile: ProfileId) {
  const heard: number[] = [];
  const end = bus.subscribe(profile, ({ sequence }) => heard.push(sequence));
  return { heard, end };
}

describe("the bus of a single node", () => {
  test("carries a reading to everybody who listens to its profile, before publish returns", () => {
    const bus = new MemoryBus();
    const [first, second] = [listenTo(bus, ANNA), listenTo(bus, ANNA)];
    bus.publish(readingOf(ANNA, 1));
    expect([first.heard, second.heard]).toEqual([[1], [1]]);
  });

  test("carries nothing to those who listen to another profile, or to nobody", () => {
    const bus = new MemoryBus();
    const toBen = listenTo(bus, BEN);
    bus.publish(readingOf(ANNA, 1));
    bus.publish(readingOf(BEN, 2));
    expect(toBen.heard).toEqual([2]);
  });

  test("keeps the order of publishing", () => {
    const bus = new MemoryBus();
    const { heard } = listenTo(bus, ANNA);
    for (const sequence of [3, 5, 6, 9]) bus.publish(readingOf(ANNA, sequence));
    expect(heard).toEqual([3, 5, 6, 9]);
  });

  test("a subscription that has ended hears nothing more; the others go on", () => {
    const bus = new MemoryBus();
    const [leaving, staying] = [listenTo(bus, ANNA), listenTo(bus, ANNA)];
    bus.publish(readingOf(ANNA, 1));
    leaving.end();
    bus.publish(readingOf(ANNA, 2));
    expect([leaving.heard, staying.heard]).toEqual([[1], [1, 2]]);
  });

  test("ending twice ends nobody else's subscription", () => {
    const bus = new MemoryBus();
    const first = listenTo(bus, ANNA);
    first.end();
    const second = listenTo(bus, ANNA);
    first.end();
    bus.publish(readingOf(ANNA, 1));
    expect([first.heard, second.heard]).toEqual([[], [1]]);
  });

  test("who subscribes after the last one has left hears again", () => {
    const bus = new MemoryBus();
    listenTo(bus, ANNA).end();
    const { heard } = listenTo(bus, ANNA);
    bus.publish(readingOf(ANNA, 1));
    expect(heard).toEqual([1]);
  });

  test("a listener may leave while it is being called", () => {
    const bus = new MemoryBus();
    const heard: number[] = [];
    const end = bus.subscribe(ANNA, ({ sequence }) => {
      heard.push(sequence);
      end();
    });
    const other = listenTo(bus, ANNA);
    bus.publish(readingOf(ANNA, 1));
    bus.publish(readingOf(ANNA, 2));
    expect([heard, other.heard]).toEqual([[1], [1, 2]]);
  });
});
