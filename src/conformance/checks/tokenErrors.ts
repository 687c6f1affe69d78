import { area, type Check, type Need, type Rule } from "../check.ts";
import { expectError, type WireError } from "../expectations.ts";
import type { Kit } from "../kit.ts";
import { EXPIRED_TOKEN, lacks } from "../needs.ts";
import { askRoute, NOBODY, TOKEN_ROUTES, type TokenRoute } from "../routes.ts";

/** One way in which a token is wrong. */
interface Wrong {
  readonly name: string;
  readonly words: string;
  readonly error: WireError;
  readonly headers: (kit: Kit, route: TokenRoute) => Readonly<Record<string, string>>;
  readonly need?: (route: TokenRoute) => Need;
}

const unauthorised = (code: number, message: string, challenge: string | null): WireError => ({
  status: 401,
  code,
  message,
  challenge,
});

const WRONG_FORMAT = "error_authorization_header_has_wrong_format";

const bearer = (token: string | undefined) => ({ authorization: `Bearer ${token}` });

const WRONGS: readonly Wrong[] = [
  {
    name: "token-missing",
    words: "no token",
    error: unauthorised(7009, "error_authorization_header_is_not_present", null),
    headers: () => ({}),
  },
  {
    name: "token-of-another-scheme",
    words: "an Authorization header of another scheme",
    error: unauthorised(7010, WRONG_FORMAT, null),
    headers: () => ({ authorization: "Basic dXNlcjpwYXNzd29yZA==" }),
  },
  {
    name: "token-malformed",
    words: "a token that is no UUID",
    error: unauthorised(7010, WRONG_FORMAT, "invalid_token"),
    headers: () => bearer("not-a-uuid"),
  },
  {
    name: "token-unknown",
    words: "an unknown token",
    error: unauthorised(7005, "token_not_found", "invalid_token"),
    headers: () => bearer(NOBODY),
  },
  {
    name: "token-expired",
    words: "an expired token",
    error: unauthorised(7006, "token_expired", "invalid_token"),
    headers: ({ options }) => bearer(options.expiredToken),
    need: () => EXPIRED_TOKEN,
  },
  {
    name: "scope-missing",
    words: "a token without the scope",
    error: unauthorised(7011, "error_invalid_scope", "insufficient_scope"),
    headers: ({ tokens }, { scope = "" }) => bearer(tokens.findLacking(scope)),
    need: ({ scope = "" }) => lacks(scope),
  },
];

/** Whatever is wrong with a token is a 401 with its code, on every route, and on sockets before there is one. */
export const TOKEN_ERRORS: readonly Check[] = TOKEN_ROUTES.flatMap((route) =>
  area(
    route.name,
    "3 Errors on /api/",
    WRONGS.filter(({ name }) => name !== "scope-missing" || route.scope !== undefined).map((wrong) =>
      rule(route, wrong),
    ),
  ),
);

function rule(route: TokenRoute, { name, words, error, headers, need }: Wrong): Rule {
  const before = route.isSocket ? ", before there is a socket" : "";
  const scope = name === "scope-missing" ? ` ${route.scope}` : "";
  return [
    name,
    `${route.title} answers ${words}${scope} with 401 and ${error.code} ${error.message}${before}.`,
    async (kit) => expectError(await askRoute(kit, route, { headers: headers(kit, route) }), error),
    need === undefined ? {} : { needs: [need(route)] },
  ];
}
