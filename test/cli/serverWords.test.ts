import { describe, expect, test } from "bun:test";
import { describeRefusal, printable, WORDS_CHARACTERS_MAX } from "../../src/cli/serverWords.ts";

describe("what a server says", () => {
  test("is shown without what moves the cursor, hides, turns the direction of writing or breaks the line", () => {
    const hostile = ["\x1b", "\x07", "\r", "\n", "\x7f", "\x9b", "\u200b", "\u202e", "\u2066", "\ufeff"];
    for (const character of [...hostile, "\u2028", "\u2029", "\u{e0041}"]) {
      expect(printable(`a${character}[2Jb`)).toBe("a [2Jb");
    }
    expect(printable("Zu schnell: 心 é 🫀")).toBe("Zu schnell: 心 é 🫀");
  });

  test("is shown up to a length, and no character is cut in two", () => {
    const longest = "🫀".repeat(WORDS_CHARACTERS_MAX);
    expect(printable(longest)).toBe(longest);
    expect(printable(`${longest}x`)).toBe(longest);
  });

  test("about a refusal is the error message, or where it sends us", () => {
    const asked = { right: "read", scopes: "data:heart_rate:read", refused: "Refused." } as const;
    const said = (status: number, headers: Record<string, string>, body: string) =>
      describeRefusal({ status, headers: new Headers(headers), body }, asked);
    expect(said(403, {}, '{"error_message":"no\\u001b[2J\\u202esuch"}')).toBe(
      "Refused. (answer 403, no [2J such)",
    );
    expect(said(418, {}, "<html>")).toBe("Refused. (answer 418)");
    const long = `https://elsewhere.example/${"x".repeat(10_000)}`;
    expect(said(302, { location: long }, "")).toBe(
      `The server sends us on to ${long.slice(0, WORDS_CHARACTERS_MAX)}. Give that address with --url.`,
    );
    expect(said(307, { location: "https://\x9b2Jhost" }, "")).toContain(" https:// 2Jhost. ");
  });

  test("about a token is turned into what to do, by what the token is for", () => {
    const answer = { status: 401, headers: new Headers(), body: '{"error_code":7011}' };
    const asked = { right: "change rooms", scopes: "data:room:write", refused: "Refused." };
    expect(describeRefusal(answer, asked)).toBe(
      "The token may not change rooms. (answer 401)\nMake one that may: npm run heartwire -- token create --user me --scopes data:room:write",
    );
  });
});
