import { describe, expect, test } from "bun:test";
import { API_ERRORS } from "../../../src/api/errors.ts";
import { SCOPES } from "../../../src/domain/scopes.ts";
import { TRAIL_KINDS } from "../../../src/storage/trail.ts";
import { continueTo, signInAddress } from "../../../src/web/app/continueTo.ts";
import { refusals, SCOPE_WORDS } from "../../../src/web/app/scopes.ts";
import { ACTIVITY_WORDS, activityInWords, originInWords } from "../../../src/web/app/words/activity.ts";
import { browserInWords } from "../../../src/web/app/words/browsers.ts";
import { wordsFor } from "../../../src/web/app/words/problems.ts";
import { agoInWords, lengthInWords, lifetimeInWords } from "../../../src/web/app/words/times.ts";
import { useInWords } from "../../../src/web/app/words/uses.ts";

/** What the pages say, and where they lead. */
const ORIGIN = "https://heart.example";

describe("where somebody goes on after signing in", () => {
  for (const [wanted, address] of [
    ["/tokens", `${ORIGIN}/tokens`],
    ["/oauth2/authorize?client_id=a&state=%2F%2Fx", `${ORIGIN}/oauth2/authorize?client_id=a&state=%2F%2Fx`],
  ] as const) {
    test(`is ${wanted}, a path of this server`, () => {
      const { search } = new URL(signInAddress(wanted), ORIGIN);
      expect(continueTo(search, ORIGIN)).toBe(address);
    });
  }

  for (const wanted of [
    "",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n//evil.example",
    "https://evil.example/",
    "https:evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "tokens",
    " /tokens",
    "//heart.example@evil.example/",
  ]) {
    test(`is never ${JSON.stringify(wanted)}`, () => {
      const search = `?continue=${encodeURIComponent(wanted)}`;
      expect(continueTo(search, ORIGIN)).toBe(`${ORIGIN}/apps`);
    });
  }

  test("stays here with a path that would be a host by itself, because it is a whole address", () => {
    expect(continueTo("?continue=/.//evil.example", ORIGIN)).toBe(`${ORIGIN}//evil.example`);
  });
});

describe("every scope", () => {
  test("has words of its own, short and in the same form", () => {
    expect(Object.keys(SCOPE_WORDS)).toEqual([...SCOPES]);
    const words = SCOPES.map((scope) => SCOPE_WORDS[scope].may);
    expect(new Set(words).size).toBe(words.length);
    expect(words.filter((one) => !/^[A-Z][a-z]+(,| ).{3,40}[^.]$/.test(one))).toEqual([]);
  });

  for (const scope of SCOPES) {
    test(`${scope} is not among what an app that has it cannot do, and is where it has not`, () => {
      const { without } = SCOPE_WORDS[scope];
      if (without === undefined) return;
      expect(refusals([scope])).not.toContain(without);
      expect(refusals([])).toContain(without);
    });
  }

  test("does not promise that a pulse stays unseen by whoever sees a room with it", () => {
    expect(refusals(["data:room:read"])).not.toContain("See your heart rate");
  });

  test("leaves what no app can do", () => {
    expect(refusals(SCOPES)).toEqual([
      "Sign in as you, or see your password",
      "Change your account or let in other apps",
    ]);
  });
});

describe("what happened", () => {
  test("is told in a sentence for every kind of the trail", () => {
    expect(Object.keys(ACTIVITY_WORDS).sort()).toEqual([...TRAIL_KINDS].sort());
    for (const kind of TRAIL_KINDS) expect(activityInWords(kind, {})).toMatch(/^[A-Z].+\.$/);
  });

  test("names the app or the token that it was about", () => {
    expect(activityInWords("app_allowed", { client_name: "Pulse Overlay" })).toBe(
      "You allowed Pulse Overlay.",
    );
    expect(activityInWords("token_made", { name: "Watch" })).toBe("The token “Watch” was made.");
    expect(activityInWords("signed_in", { method: "passkey" })).toBe("You signed in with a passkey.");
    expect(activityInWords("of_a_later_version", {})).toBe("Of a later version.");
  });

  test("says where it came from", () => {
    expect(originInWords({})).toBe("");
    expect(originInWords({ address: "192.0.2.7" })).toBe("From 192.0.2.7");
    expect(originInWords({ by: "command line" })).toBe("By the command line");
    expect(originInWords({ by: "invitation", address: "192.0.2.7" })).toBe(
      "By an invitation, from 192.0.2.7",
    );
  });
});

describe("words for", () => {
  test("lengths of time", () => {
    expect([1, 60, 90, 3_600, 86_400, 604_800, 31_536_000].map(lengthInWords)).toEqual([
      "1 second",
      "1 minute",
      "90 seconds",
      "1 hour",
      "1 day",
      "1 week",
      "1 year",
    ]);
    expect(lifetimeInWords(3_600, true)).toBe("Until you disconnect it. Its access is renewed every hour.");
    expect(lifetimeInWords(31_536_000, false)).toBe("For 1 year. Then it has to ask you again.");
  });

  test("times since, also those of a clock that is ahead", () => {
    const now = Date.UTC(2026, 5, 1);
    expect(
      [-5, 0, 59, 60, 7_200, 172_800, 31_536_000].map((seconds) => agoInWords(now - seconds * 1_000, now)),
    ).toEqual([
      "just now",
      "just now",
      "just now",
      "1 minute ago",
      "2 hours ago",
      "2 days ago",
      "1 year ago",
    ]);
  });

  test("how something was used", () => {
    const unused = { last_read_at: null, last_written_at: null, read_count: 0, write_count: 0 };
    expect(useInWords(unused, 0)).toBe("Not used yet.");
    expect(useInWords({ ...unused, last_read_at: 0, read_count: 1_204 }, 120_000)).toBe(
      "Read 1,204 times, last 2 minutes ago.",
    );
  });

  test("browsers, and for what is none", () => {
    const chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36";
    expect([chrome, "curl/8", null].map(browserInWords)).toEqual([
      "Chrome on Windows",
      "A browser",
      "A browser",
    ]);
  });

  test("errors: every row of the table becomes a sentence", () => {
    for (const { code, message } of Object.values(API_ERRORS)) {
      expect(wordsFor(code, message)).toMatch(/^[A-Z].*[.?]$/);
    }
    expect(wordsFor(0, "")).toBe("The server does not answer. Is it running? Try again in a moment.");
    expect(wordsFor(8011, "email: there is an account with this address")).toBe(
      "There is an account with this address.",
    );
    expect(wordsFor(8001, "name: expected a name")).toBe("Name: expected a name.");
  });
});
