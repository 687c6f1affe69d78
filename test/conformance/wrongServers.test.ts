import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { listChecks } from "../../src/conformance/index.ts";
import { catchAll, failedIn, leftOutIn, type Scope } from "../support/conformance/catching.ts";
import { ACCOUNT_FAULTS } from "../support/conformance/faults/account.ts";
import { ERROR_FAULTS } from "../support/conformance/faults/errors.ts";
import { LINK_FAULTS } from "../support/conformance/faults/link.ts";
import { LIVE_FAULTS } from "../support/conformance/faults/live.ts";
import { OAUTH_FAULTS } from "../support/conformance/faults/oauth/index.ts";
import { EXPIRY_FAULTS, OPERATOR_FAULTS } from "../support/conformance/faults/operator.ts";
import { ROOM_FAULTS } from "../support/conformance/faults/rooms.ts";
import { TIMING_FAULTS } from "../support/conformance/faults/timing.ts";
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
  ...OAUTH_FAULTS,
  ...OPERATOR_FAULTS,
  ...EXPIRY_FAULTS,
];

/** `WRONG_SERVERS=everywhere` shows that a wrong server fails nothing in other areas either. */
const SCOPE: Scope = process.env.WRONG_SERVERS === "everywhere" ? "everywhere" : "areas of its rules";

/** All of them together: each waits for those before it. */
const TEST_MS_MAX = SCOPE === "everywhere" ? 900_000 : 180_000;

describe("only the checks of the broken rule fail with a server that", () => {
  let catching: ReturnType<typeof catchAll>;
  beforeAll(() => {
    catching = catchAll(WRONG_SERVERS, SCOPE);
  });
  afterAll(async () => {
    await catching.done;
  });

  for (const wrong of WRONG_SERVERS) {
    test(
      wrong.breaks,
      async () => {
        const report = await catching.reports.get(wrong);
        if (report === undefined) throw new Error("it was not looked at");
        expect(failedIn(report).toSorted()).toEqual([...wrong.fails].toSorted());
        expect(leftOutIn(report)).toEqual([]);
      },
      TEST_MS_MAX,
    );
  }
});

test("there is no check that nothing can fail", () => {
  const failing = new Set(WRONG_SERVERS.flatMap(({ fails }) => fails));
  const ids = listChecks().map(({ id }) => id);
  expect(ids.filter((id) => !failing.has(id))).toEqual([]);
  expect([...failing].filter((id) => !ids.includes(id))).toEqual([]);
});
