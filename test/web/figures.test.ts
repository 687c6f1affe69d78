import { expect, test } from "bun:test";
import { figuresFor } from "../../src/web/overlay/figures.ts";

test("there is room for two figures or three, and a pulse to and fro around 100 changes it once", () => {
  let room = 0;
  const rooms = [66, 9, 99, 100, 99, 100, 95, 94, 99, 1_000, 97].map((bpm) => {
    room = figuresFor(bpm, room);
    return room;
  });
  expect(rooms).toEqual([2, 2, 2, 3, 3, 3, 3, 2, 2, 4, 2]);
});
