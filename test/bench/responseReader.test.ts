import { expect, test } from "bun:test";
import { ResponseReader } from "../../bench/load/responseReader.ts";

const response = (status: number, body: string): Buffer =>
  Buffer.from(
    `HTTP/1.1 ${status} Some\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );

test("a response in one piece is complete at once, whatever its length", () => {
  const reader = new ResponseReader();
  expect(reader.take(response(200, "{}"))).toBe(200);
  expect(reader.take(response(401, '{"error_code":7005,"error_message":"token_not_found"}'))).toBe(401);
  expect(reader.take(response(200, "{}"))).toBe(200);
});

test("a response in two pieces is complete at the second, wherever it is cut", () => {
  const whole = response(200, '{"long":"enough"}');
  for (let cut = 1; cut < whole.length; cut++) {
    const reader = new ResponseReader();
    expect(reader.take(whole.subarray(0, cut))).toBeUndefined();
    expect(reader.take(whole.subarray(cut))).toBe(200);
  }
});
