import { NOBODY } from "../../../../../src/conformance/routes.ts";
import type { Fault } from "../../mutatingProxy.ts";
import type { WrongServer } from "../../wrongServer.ts";
import { leading, marking, validating } from "./requests.ts";

/** Changes the fields of the fragment. */
const fragment = (change: (fields: URLSearchParams) => void): Fault =>
  leading("token", true, (url) => {
    const fields = new URLSearchParams(url.hash.slice(1));
    change(fields);
    url.hash = fields.toString();
    return undefined;
  });

/** Takes back a token with a letter before it, as it gave it out. */
function markingTokens(): Fault {
  const given = fragment((fields) => fields.set("access_token", `x-${fields.get("access_token")}`));
  const taken = marking(() => false, "access_token");
  return {
    answer: (request, next) =>
      taken.answer?.(request, async (asked) => (await given.answer?.(asked, next)) ?? next(asked)),
  };
}

/** A token in a fragment, and what is wrong with it. */
export const IMPLICIT_FAULTS: readonly WrongServer[] = [
  {
    breaks: "writes a fragment in another order",
    fails: ["oauth-implicit.fields"],
    fault: () =>
      fragment((fields) => {
        const type = fields.get("token_type") ?? "";
        fields.delete("token_type");
        fields.append("token_type", type);
      }),
  },
  {
    breaks: "says in the query what is in the fragment",
    fails: ["oauth-implicit.nothing-in-query"],
    fault: () =>
      leading("token", true, (url) => {
        url.searchParams.set("state", "x");
        return undefined;
      }),
  },
  {
    breaks: "writes Bearer into a fragment",
    fails: ["oauth-implicit.token-type"],
    fault: () => fragment((fields) => fields.set("token_type", "Bearer")),
  },
  {
    breaks: "puts a token into a fragment that is no UUID",
    fails: ["oauth-implicit.uuid"],
    fault: markingTokens,
  },
  {
    breaks: "gives in a fragment a token for longer than fits",
    fails: ["oauth-implicit.expires-in", "oauth-implicit.year"],
    fault: () => fragment((fields) => fields.set("expires_in", "2147483648")),
  },
  {
    breaks: "gives in a fragment a token for an hour",
    fails: ["oauth-implicit.year"],
    fault: () => fragment((fields) => fields.set("expires_in", "3600")),
  },
  {
    breaks: "writes commas between scopes in a fragment",
    fails: ["oauth-implicit.scope"],
    fault: () => fragment((fields) => fields.set("scope", (fields.get("scope") ?? "").replaceAll(" ", ","))),
  },
  {
    breaks: "takes a plus in the state of a fragment for a space",
    fails: ["oauth-implicit.state"],
    fault: () => fragment((fields) => fields.set("state", (fields.get("state") ?? "").replace("+", " "))),
  },
  {
    breaks: "puts a refresh token into a fragment",
    fails: ["oauth-implicit.no-refresh-token"],
    fault: () => fragment((fields) => fields.append("refresh_token", NOBODY)),
  },
  {
    breaks: "does not say in a fragment who it is",
    fails: ["oauth-implicit.issuer"],
    fault: () => fragment((fields) => fields.delete("iss")),
  },
  {
    breaks: "says that the token of a fragment is another client's",
    fails: ["oauth-implicit.validates"],
    fault: () =>
      validating(
        ({ grant }) => grant === "implicit",
        (said) => ({ ...said, client_id: NOBODY }),
      ),
  },
  {
    breaks: "tells in the query that a token was denied",
    fails: ["oauth-implicit.denied"],
    fault: () => leading("token", false, ({ href }) => href.replace("#", "?")),
  },
];
