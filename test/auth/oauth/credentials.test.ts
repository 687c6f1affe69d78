import { describe, expect, test } from "bun:test";
import { hashSecret, isSameSecret, readCredentials } from "../../../src/auth/oauth/clientAuthentication.ts";
import { OAuthRefused } from "../../../src/auth/oauth/refusal.ts";

const ID = "0d6f7a52-3b8e-4c1d-9f60-5a7b8c9d0e1f";
const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;

function reasonOf(read: () => unknown): string {
  try {
    read();
  } catch (thrown) {
    if (thrown instanceof OAuthRefused) return thrown.reason;
  }
  return "none";
}

describe("an app's id and secret", () => {
  test("come in the form, or by HTTP Basic, where both parts are encoded like a form (RFC 6749 section 2.3.1)", () => {
    expect(readCredentials(null, { client_id: ID, client_secret: "s" })).toEqual({
      clientId: ID,
      secret: "s",
    });
    expect(readCredentials(null, { client_id: ID })).toEqual({ clientId: ID });
    expect(readCredentials(basic(`${ID}:s%3Ae%2B+c%C3%A9`), {})).toEqual({ clientId: ID, secret: "s:e+ cé" });
    expect(readCredentials(basic(`${ID}:a:b`), {})).toEqual({ clientId: ID, secret: "a:b" });
    expect(readCredentials(basic(`${ID}:`), {})).toEqual({ clientId: ID });
    expect(readCredentials(basic(`${ID}:s`).replace("Basic", "bAsIc"), {})).toMatchObject({ secret: "s" });
  });

  test("never in both ways at once (RFC 6749 section 2.3)", () => {
    const both = { client_id: ID, client_secret: "s" };
    expect(reasonOf(() => readCredentials(basic(`${ID}:s`), both))).toBe("malformed");
    expect(reasonOf(() => readCredentials(basic(`${ID}:s`), { client_secret: "s" }))).toBe("malformed");
    expect(reasonOf(() => readCredentials(basic(`${ID}:s`), { client_id: "other" }))).toBe("malformed");
    expect(readCredentials(basic(`${ID}:s`), { client_id: ID })).toEqual({ clientId: ID, secret: "s" });
  });

  test("what is no Basic at all is refused, and no other scheme is looked at", () => {
    for (const header of [
      "Basic",
      "Basic ",
      "Basic %%%",
      basic("no colon"),
      basic(`${ID}:%zz`),
      `Basic ${ID}:s`,
    ]) {
      expect({ header, reason: reasonOf(() => readCredentials(header, {})) }).toEqual({
        header,
        reason: "clientRefused",
      });
    }
    expect(readCredentials(`Bearer ${ID}`, { client_id: ID })).toEqual({ clientId: ID });
    expect(reasonOf(() => readCredentials(`Bearer ${ID}`, {}))).toBe("malformed");
  });
});

test("secrets are compared by their SHA-256; none is the same as none alone", () => {
  expect(isSameSecret(hashSecret("a"), hashSecret("a"))).toBe(true);
  expect(isSameSecret(hashSecret("a"), hashSecret("b"))).toBe(false);
  expect(isSameSecret(undefined, hashSecret("a"))).toBe(false);
  expect(isSameSecret(hashSecret("a"), undefined)).toBe(false);
  expect(isSameSecret(undefined, undefined)).toBe(true);
  expect(hashSecret("secret")).toBe(new Bun.CryptoHasher("sha256").update("secret").digest("hex"));
});
