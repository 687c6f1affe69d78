import { area, type Check, type Need, type Rule } from "../check.ts";
import { expectError, expectThat, shown } from "../expectations.ts";
import type { Kit } from "../kit.ts";
import { holds } from "../needs.ts";
import { askRoute, isLetIn, NOBODY, TOKEN_ROUTES, type TokenRoute } from "../routes.ts";

const SECTION = "2 Passing a token";

/** A token of the test user that opens a route. */
function good(kit: Kit, { scope }: TokenRoute): string {
  return kit.token(scope === undefined ? [] : [scope]);
}

function needsOf({ scope }: TokenRoute): readonly Need[] {
  return scope === undefined ? [] : [holds(scope)];
}

async function expectLetIn(
  kit: Kit,
  route: TokenRoute,
  asked: Parameters<typeof askRoute>[2],
): Promise<void> {
  const answer = await askRoute(kit, route, asked);
  expectThat(isLetIn(route, answer), "the token to be accepted", shown(answer));
}

/** How a token reaches a route: the header everywhere, the query on three routes and nowhere else, never a cookie. */
export const TOKEN_PASSING: readonly Check[] = TOKEN_ROUTES.flatMap((route) =>
  area(
    route.name,
    SECTION,
    [...everywhere(route), ...(route.readsQuery ? byQuery(route) : withoutQuery(route))],
    needsOf(route),
  ),
);

function everywhere(route: TokenRoute): readonly Rule[] {
  return [
    [
      "bearer-in-any-case",
      `${route.title} takes the scheme word of the Authorization header in any case.`,
      async (kit) => {
        const headers = { authorization: `bEARER ${good(kit, route)}` };
        await expectLetIn(kit, route, { headers });
      },
    ],
    [
      "cookie-opens-nothing",
      `${route.title} is not opened by a cookie.`,
      async (kit) => {
        const token = good(kit, route);
        const headers = { cookie: `access_token=${token}; token=${token}; session=${token}` };
        expectError(await askRoute(kit, route, { headers }), { status: 401, code: 7009, challenge: null });
      },
    ],
  ];
}

function byQuery(route: TokenRoute): readonly Rule[] {
  return [
    [
      "token-in-query",
      `${route.title} takes the token from the query's access_token.`,
      (kit) => expectLetIn(kit, route, { query: `?access_token=${good(kit, route)}` }),
    ],
    [
      "token-twice-the-same",
      `${route.title} takes the same token in the header and in the query at once.`,
      async (kit) => {
        const token = good(kit, route);
        await expectLetIn(kit, route, { token, query: `?access_token=${token}` });
      },
    ],
    [
      "tokens-that-differ",
      `${route.title} answers two different tokens, in the header and in the query, with 400.`,
      async (kit) => {
        const answer = await askRoute(kit, route, {
          token: good(kit, route),
          query: `?access_token=${NOBODY}`,
        });
        expectError(answer, { status: 400 });
      },
    ],
    [
      "token-in-query-malformed",
      `${route.title} answers a malformed token in the query with 401, 7010 and a challenge.`,
      async (kit) => {
        const answer = await askRoute(kit, route, { query: "?access_token=not-a-uuid" });
        expectError(answer, { status: 401, code: 7010, challenge: "invalid_token" });
      },
    ],
    [
      "token-in-query-unknown",
      `${route.title} answers an unknown token in the query with 401, 7005 and a challenge.`,
      async (kit) => {
        const answer = await askRoute(kit, route, { query: `?access_token=${NOBODY}` });
        expectError(answer, { status: 401, code: 7005, challenge: "invalid_token" });
      },
    ],
  ];
}

function withoutQuery(route: TokenRoute): readonly Rule[] {
  return [
    [
      "query-token-not-read",
      `${route.title} does not read a token from the query.`,
      async (kit) => {
        const token = good(kit, route);
        const alone = await askRoute(kit, route, { query: `?access_token=${token}` });
        expectError(alone, { status: 401, code: 7009, challenge: null });
        await expectLetIn(kit, route, { token, query: `?access_token=${NOBODY}` });
      },
    ],
  ];
}
