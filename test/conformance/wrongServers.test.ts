import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { listChecks } from "../../src/conformance/index.ts";
import { caught, failedIn } from "../support/conformance/catching.ts";
import { CheckedServer } from "../support/conformance/checkedServer.ts";
import { ACCOUNT_FAULTS } from "../support/conformance/faults/account.ts";
import { ERROR_FAULTS } from "../support/conformance/faults/errors.ts";
import { LINK_FAULTS } from "../support/conformance/faults/link.ts";
import { LIVE_FAULTS, TIMING_FAULTS } from "../support/conformance/faults/live.ts";
import { EXPIRY_FAULTS, OPERATOR_FAULTS } from "../support/conformance/faults/operator.ts";
import { ROOM_FAULTS } from "../support/conformance/faults/rooms.ts";
import { TOKEN_FAULTS } from "../support/conformance/faults/tokens.ts";
import { WRITE_FAULTS } from "../support/conformance/faults/write.ts";

/** The kit finds what is wrong, and nothing else, with servers that each break one rule. */
const WRONG_SERVERS = [
  ...TOKEN_FAULTS,
  ...ERROR_FAULTS,
  ...WRITE_FAULTS,
  ...LIVE_FAULTS,
  ...TIMING_FAULTS,
  ...ACCOUNT_FAULTS,
  ...LINK_FAULTS,
  ...ROOM_FAULTS,
  ...OPERATOR_FAULTS,
  ...EXPIRY_FAULTS,
];

let server: CheckedServer;
beforeAll(async () => {
  server = await CheckedServer.start();
});
afterAll(() => server[Symbol.asyncDispose]());

describe("only the checks of the broken rule fail with a server that", () => {
  for (const wrong of WRONG_SERVERS) {
    test(wrong.breaks, async () => {
      const report = await caught(server, wrong);
      expect(failedIn(report).toSorted()).toEqual([...wrong.fails].toSorted());
      expect(report.notChecked).toBe(0);
    }, 30_000);
  }
});

test("there is no check that nothing can fail", () => {
  const failing = new Set(WRONG_SERVERS.flatMap(({ fails }) => fails));
  const ids = listChecks().map(({ id }) => id);
  expect(ids.filter((id) => !failing.has(id))).toEqual([]);
  expect([...failing].filter((id) => !ids.includes(id))).toEqual([]);
});
