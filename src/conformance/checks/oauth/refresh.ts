import { area } from "../../check.ts";
import type { Answer } from "../../client/answer.ts";
import { expectError, expectSame, expectThat, shown } from "../../expectations.ts";
import type { Kit } from "../../kit.ts";
import { CLIENT, hook, PUBLIC_CLIENT } from "../../needs.ts";
import { allow, redeem, refresh, validate } from "../../oauth/codeFlow.ts";
import {
  askToken,
  clientOf,
  expectNotStored,
  expectRefusal,
  expectToken,
  expectUuids,
  fieldIn,
  publicClientOf,
  textIn,
} from "../../oauth/forms.ts";
import { PATHS } from "../../routes.ts";
import { type Ended, endOf, expectEnd, expectSoon, REVOKED, WITHIN_MS } from "../revocation.ts";

const SECTION = "8 OAuth 2 (refresh)";
const SCOPE = "data:heart_rate:read profile:read";

/** What was seen while a pair was refreshed, and its refresh token then used again and again. */
interface Refreshed {
  readonly before: Answer;
  readonly socket: Ended;
  readonly answer: Answer;
  /** What is said of the old access token a second later, and of the new one. */
  readonly oldToken: Answer;
  readonly newToken: Answer;
  readonly second: Answer;
  readonly third: Answer;
  /** What is said of the newest access token after that. */
  readonly afterReuse: Answer;
}

async function newPair(kit: Kit): Promise<Answer> {
  return await redeem(kit, await allow(kit, clientOf(kit), { scope: SCOPE }));
}

function refreshed(kit: Kit): Promise<Refreshed> {
  return kit.once("oauth-refresh", async () => {
    const before = await newPair(kit);
    const [access, token] = [textIn(before, "access_token"), textIn(before, "refresh_token")];
    // Used before, so that a server that remembers tokens remembers this one.
    await kit.ask({ path: PATHS.latest, token: access });
    using live = await kit.listen({ path: PATHS.live, token: access });
    const answer = await refresh(kit, token);
    const since = performance.now();
    const socket = await endOf(live, since);
    await kit.pause(Math.max(0, since + WITHIN_MS - performance.now()));
    const oldToken = await validate(kit, access);
    const newToken = await validate(kit, textIn(answer, "access_token"));
    const second = await refresh(kit, token);
    const third = await refresh(kit, token);
    await kit.pause(WITHIN_MS);
    const newest = textIn(second, "access_token") || textIn(answer, "access_token");
    const afterReuse = await validate(kit, newest);
    return { before, socket, answer, oldToken, newToken, second, third, afterReuse };
  });
}

/** A pair that is not refreshed, because what asks for it is wrong. */
function unused(kit: Kit): Promise<Answer> {
  return kit.once("oauth-refresh-unused", () => newPair(kit));
}

const pair = (answer: Answer) =>
  ["access_token", "refresh_token"].map((name) => textIn(answer, name)).join(" ");

export const REFRESH = area(
  "oauth-refresh",
  SECTION,
  [
    [
      "answers",
      "A refresh token is answered with a new pair of lower-case UUIDs.",
      async (kit) => {
        const { answer } = await refreshed(kit);
        expectToken(answer);
        expectUuids(answer, "access_token", "refresh_token");
      },
    ],
    [
      "rotates",
      "Both tokens of the pair are new.",
      async (kit) => {
        const { before, answer } = await refreshed(kit);
        const old = pair(before).split(" ");
        const isRight =
          answer.status === 200 &&
          !pair(answer)
            .split(" ")
            .some((token) => old.includes(token));
        expectThat(isRight, "two new tokens", "an old one");
      },
    ],
    [
      "token-type",
      "token_type of a refreshed pair is bearer, in lower case.",
      async (kit) => expectSame(textIn((await refreshed(kit)).answer, "token_type"), "bearer", "token_type "),
    ],
    [
      "no-store",
      "The pair may not be kept by a cache.",
      async (kit) => expectNotStored((await refreshed(kit)).answer),
    ],
    [
      "validates",
      "The new access token validates with the same client, profile and scopes.",
      async (kit) => {
        const { newToken } = await refreshed(kit);
        const scopes = fieldIn(newToken, "scopes");
        const isRight =
          fieldIn(newToken, "client_id") === clientOf(kit).id &&
          fieldIn(newToken, "profile_id") === kit.tokens.profileId &&
          Array.isArray(scopes) &&
          scopes.toSorted().join(" ") === SCOPE;
        expectThat(isRight, "the same client, profile and scopes", shown(newToken));
      },
    ],
    [
      "old-access-token-ends",
      "The old access token is refused with 401 and 7005 within one second.",
      async (kit) => expectError((await refreshed(kit)).oldToken, REVOKED),
    ],
    [
      "old-socket-ends",
      "Sockets of the old access token are closed with 1008 within one second.",
      async (kit) => {
        const { socket } = await refreshed(kit);
        expectEnd(socket);
        expectSoon(socket);
      },
    ],
    [
      "repeated",
      "A refresh token just rotated may be repeated once, and is given the same pair.",
      async (kit) => {
        const { answer, second } = await refreshed(kit);
        expectToken(second);
        expectThat(pair(second) === pair(answer), "the same pair", "another pair");
      },
      { isOurs: true },
    ],
    [
      "old-refresh-token-ends",
      "The old refresh token is dead after that: 400 and invalid_grant.",
      async (kit) => expectRefusal((await refreshed(kit)).third, "invalid_grant"),
    ],
    [
      "reuse-revokes",
      "Who goes on using an old refresh token ends every token that came of it.",
      async (kit) => expectError((await refreshed(kit)).afterReuse, REVOKED),
      { isOurs: true },
    ],
    [
      "secret-missing",
      "A refresh token is refused without the client's secret: invalid_client.",
      async (kit) => {
        const token = textIn(await unused(kit), "refresh_token");
        const fields = { grant_type: "refresh_token", refresh_token: token, client_id: clientOf(kit).id };
        expectRefusal(await askToken(kit, fields), "invalid_client", { status: [400, 401] });
      },
    ],
    [
      "more-scopes",
      "More scopes than were granted are refused: 400 and invalid_scope.",
      async (kit) => {
        const token = textIn(await unused(kit), "refresh_token");
        expectRefusal(await refresh(kit, token, { scope: `${SCOPE} widgets:read` }), "invalid_scope");
      },
    ],
    [
      "access-token-is-no-refresh-token",
      "An access token is no refresh token: 400 and invalid_grant.",
      async (kit) =>
        expectRefusal(await refresh(kit, textIn(await unused(kit), "access_token")), "invalid_grant"),
    ],
    [
      "refresh-token-opens-nothing",
      "A refresh token is no access token: 401 and 7005.",
      async (kit) => expectError(await validate(kit, textIn(await unused(kit), "refresh_token")), REVOKED),
    ],
    [
      "another-client",
      "Another client is refused with the refresh token of the first: 400 and invalid_grant.",
      async (kit) => {
        const token = textIn(await unused(kit), "refresh_token");
        const fields = {
          grant_type: "refresh_token",
          refresh_token: token,
          client_id: publicClientOf(kit).id,
        };
        expectRefusal(await askToken(kit, fields), "invalid_grant");
      },
      { needs: [PUBLIC_CLIENT] },
    ],
  ],
  [CLIENT, hook("authorize")],
);
