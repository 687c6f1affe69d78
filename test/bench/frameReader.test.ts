import { expect, test } from "bun:test";
import { FrameReader } from "../../bench/fanout/frameReader.ts";

function frame(opcode: number, payload = ""): Buffer {
  return Buffer.concat([Buffer.from([0x80 | opcode, payload.length]), Buffer.from(payload)]);
}

function read(pieces: readonly Buffer[]): string[] {
  const seen: string[] = [];
  const reader = new FrameReader();
  const events = {
    reading: (time: number) => seen.push(String(time)),
    ping: () => seen.push("ping"),
    close: () => seen.push("close"),
  };
  for (const piece of pieces) reader.take(piece, events);
  return seen;
}

const readings = [1_764_076_000_123, 1_764_076_000_124].map((time) =>
  frame(1, `{"measured_at":${time},"data":{"heart_rate":75}}`),
);
const stream = Buffer.concat([readings[0]!, frame(9), readings[1]!, frame(8, "\u0003\u00e9")]);
const heard = ["1764076000123", "ping", "1764076000124", "close"];

test("frames are found however the bytes are cut", () => {
  expect(read([stream])).toEqual(heard);
  expect(read([...stream].map((byte) => Buffer.from([byte])))).toEqual(heard);
  for (let cut = 1; cut < stream.length; cut++) {
    expect(read([stream.subarray(0, cut), stream.subarray(cut)])).toEqual(heard);
  }
});

test("a frame that no listener of readings is sent is a failure of the round", () => {
  expect(() => read([frame(2, "binary")])).toThrow("opcode 2");
  expect(() => read([Buffer.from([0x81, 126, 0, 200])])).toThrow("longer");
});
