import { area } from "../../check.ts";
import type { Answer } from "../../client/answer.ts";
import { expectError, expectStatus } from "../../expectations.ts";
import type { Kit } from "../../kit.ts";
import { CLIENT, hook } from "../../needs.ts";
import { allow, redeem, refresh, validate } from "../../oauth/codeFlow.ts";
import { askToken, basic, clientOf, expectRefusal, post, textIn } from "../../oauth/forms.ts";
import { NOBODY, PATHS } from "../../routes.ts";
import { type Ended, endOf, expectEnd, expectSoon, REVOKED, WITHIN_MS } from "../revocation.ts";

const SECTION = "8 OAuth 2 (revoke, RFC 7009)";

const revoke = (kit: Kit, token: string) => post(kit, PATHS.revoke, { token });

/** A token of the client itself, for which nobody has to be asked. */
async function serverToken(kit: Kit): Promise<string> {
  const fields = { grant_type: "client_credentials", scope: "profile:create" };
  return textIn(await askToken(kit, fields, basic(clientOf(kit))), "access_token");
}

/** Such a token, revoked twice, and what it opens a second later. */
interface Revoked {
  readonly first: Answer;
  readonly second: Answer;
  readonly after: Answer;
}

function revoked(kit: Kit): Promise<Revoked> {
  return kit.once("oauth-revoke", async () => {
    const token = await serverToken(kit);
    // Used before, so that a server that remembers tokens remembers this one.
    await validate(kit, token);
    const first = await revoke(kit, token);
    await kit.pause(WITHIN_MS);
    return { first, second: await revoke(kit, token), after: await validate(kit, token) };
  });
}

export const REVOKE = area("oauth-revoke", SECTION, [
  [
    "unknown-token",
    "A token that does not exist is answered 200, whoever asks.",
    async (kit) => expectStatus(await revoke(kit, NOBODY), 200),
  ],
  [
    "malformed-token",
    "What is no token at all is answered 200 too.",
    async (kit) => expectStatus(await revoke(kit, "no token"), 200),
  ],
  [
    "answers",
    "A token is revoked by who has it, without naming a client: 200.",
    async (kit) => expectStatus((await revoked(kit)).first, 200),
    { needs: [CLIENT] },
  ],
  [
    "twice",
    "A token that was revoked before is answered 200.",
    async (kit) => expectStatus((await revoked(kit)).second, 200),
    { needs: [CLIENT] },
  ],
  [
    "ends",
    "A revoked token is refused with 401 and 7005 within one second.",
    async (kit) => expectError((await revoked(kit)).after, REVOKED),
    { needs: [CLIENT] },
  ],
  [
    "not-by-address",
    "A token in the address is not looked at, because addresses stand in logs.",
    async (kit) => {
      const token = await serverToken(kit);
      await post(kit, `${PATHS.revoke}?token=${token}`, {});
      await kit.pause(WITHIN_MS);
      expectStatus(await validate(kit, token), 200, "for a token that nobody revoked");
    },
    { needs: [CLIENT], isOurs: true },
  ],
]);

/** A person's pair of which one was revoked. */
interface RevokedPair {
  readonly access: Answer;
  readonly refreshing: Answer;
  readonly live: Ended;
}

function revokedPair(kit: Kit, which: "access_token" | "refresh_token"): Promise<RevokedPair> {
  return kit.once(`oauth-revoked-${which}`, async () => {
    const pair = await redeem(kit, await allow(kit, clientOf(kit)));
    const token = textIn(pair, "access_token");
    using live = await kit.listen({ path: PATHS.live, token });
    await revoke(kit, textIn(pair, which));
    const since = performance.now();
    const ended = await endOf(live, since);
    await kit.pause(Math.max(0, since + WITHIN_MS - performance.now()));
    const access = await validate(kit, token);
    return { access, refreshing: await refresh(kit, textIn(pair, "refresh_token")), live: ended };
  });
}

export const REVOKED_PAIR = area(
  "oauth-revoked-pair",
  SECTION,
  [
    [
      "access-token-ends",
      "A person's access token that is revoked is refused with 401 and 7005 within one second.",
      async (kit) => expectError((await revokedPair(kit, "access_token")).access, REVOKED),
    ],
    [
      "closes-sockets",
      "Its sockets are closed with 1008 within one second.",
      async (kit) => {
        const { live } = await revokedPair(kit, "access_token");
        expectEnd(live);
        expectSoon(live);
      },
    ],
    [
      "refresh-token-ends-too",
      "The refresh token of a revoked access token ends too (RFC 7009 section 2.1).",
      async (kit) => expectRefusal((await revokedPair(kit, "access_token")).refreshing, "invalid_grant"),
      { isOurs: true },
    ],
    [
      "refresh-token-ends",
      "A refresh token that is revoked is answered 400 and invalid_grant.",
      async (kit) => expectRefusal((await revokedPair(kit, "refresh_token")).refreshing, "invalid_grant"),
    ],
    [
      "access-token-ends-too",
      "The access token of a revoked refresh token is refused within one second.",
      async (kit) => expectError((await revokedPair(kit, "refresh_token")).access, REVOKED),
      { isOurs: true },
    ],
  ],
  [CLIENT, hook("authorize")],
);
