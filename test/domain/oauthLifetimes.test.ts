import { expect, test } from "bun:test";
import * as lifetimes from "../../src/domain/oauthLifetimes.ts";

test("what an app is given holds as long as the wire text and docs/api.md say", () => {
  expect(lifetimes).toEqual({
    CODE_SECONDS: 60,
    SHORT_TOKEN_SECONDS: 3_600,
    LONG_TOKEN_SECONDS: 31_536_000,
    REFRESH_TOKEN_SECONDS: 31_536_000,
    DEVICE_CODE_SECONDS: 600,
    DEVICE_INTERVAL_SECONDS: 3,
    CODE_TWICE_MS: 2_000,
  });
});
