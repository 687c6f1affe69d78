import { expect, test } from "bun:test";
import { readWrkOutput } from "../../bench/load/wrk.ts";

const OUTPUT = `Running 3s test @ http://127.0.0.1:4411
  1 threads and 64 connections
  Latency Distribution
     50%  215.00us
     75%  241.00us
     90%  382.00us
     99%    1.50ms
  9000 requests in 3.00s, 63.54MB read
`;

test("rates and latencies are read from what wrk prints", () => {
  expect(readWrkOutput(OUTPUT, 1.5)).toEqual({
    answered: 9000,
    requestsPerSecond: 3000,
    p50Ms: 0.215,
    p99Ms: 1.5,
    refused: 0,
    broken: 0,
    loadCoreShare: 0.5,
  });
});

test("refusals and broken connections are not overlooked", () => {
  const troubled = `${OUTPUT}  Socket errors: connect 1, read 2, write 3, timeout 4\n  Non-2xx or 3xx responses: 17\n`;
  expect(readWrkOutput(troubled, 0)).toMatchObject({ refused: 17, broken: 10 });
});

test("output that wrk does not print is an error", () => {
  expect(() => readWrkOutput("unable to connect", 0)).toThrow("unknown");
});
