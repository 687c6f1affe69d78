import { OPCODE } from "../../../../../src/conformance/client/frames.ts";
import { NOBODY } from "../../../../../src/conformance/routes.ts";
import { changed, closeFrame, type Fault, made, type Passed, withBody } from "../../mutatingProxy.ts";
import { answering, type WrongServer } from "../../wrongServer.ts";
import { bearerOf, counting, formOf, grant, isRevocation, isToken, isValidate } from "./requests.ts";

const tokenOf = (request: Passed) => formOf(request).get("token") ?? "";
const isUuid = (text: string) => /^[0-9a-f-]{36}$/.test(text) && text !== NOBODY;
const isRefresh = grant("refresh_token");

/** Says something else to the first or the second revocation of a token. */
function revoking(count: number, status: number): Fault {
  const counted = counting();
  return answering(
    (request) => isRevocation(request) && isUuid(tokenOf(request)),
    (answer, request) => (counted(tokenOf(request)) === count ? changed(answer, { status }) : answer),
  );
}

const saying = (token: string): Fault =>
  answering(
    (request) => isRevocation(request) && tokenOf(request) === token,
    () => made(400, '{"error":"invalid_request"}'),
  );

/** Says that a client's own token is revoked, and does not. */
function pretending(): Fault {
  const own = new Set<string>();
  return {
    answer: async (request, next) => {
      if (isRevocation(request) && own.has(tokenOf(request))) return made(200, "{}");
      const answer = await next(request);
      const said = answer.json as { readonly access_token?: string } | undefined;
      if (grant("client_credentials")(request)) own.add(said?.access_token ?? "");
      return answer;
    },
  };
}

/** Which half of a person's pair was revoked. */
type Half = "access_token" | "refresh_token";

/** Changes answers about pairs of which this half was revoked. */
function afterRevoking(
  half: Half,
  change: (request: Passed, pair: { readonly access: string; readonly refresh: string }) => boolean,
  instead: () => ReturnType<typeof made>,
): Fault {
  const pairs: { readonly access: string; readonly refresh: string }[] = [];
  const revoked: typeof pairs = [];
  return {
    answer: async (request, next) => {
      const answer = await next(request);
      const said = answer.json as Readonly<Record<Half, string>> | undefined;
      if (isToken(request) && answer.status === 200)
        pairs.push({ access: said?.access_token ?? "", refresh: said?.refresh_token ?? "" });
      if (isRevocation(request)) {
        const found = pairs.find(
          ({ access, refresh }) => tokenOf(request) === (half === "access_token" ? access : refresh),
        );
        if (found !== undefined && found.refresh !== "") revoked.push(found);
      }
      return revoked.some((pair) => change(request, pair)) ? instead() : answer;
    },
  };
}

const validatingAccess = (request: Passed, { access }: { readonly access: string }) =>
  isValidate(request) && bearerOf(request) === access;
const refreshing = (request: Passed, { refresh }: { readonly refresh: string }) =>
  isRefresh(request) && formOf(request).get("refresh_token") === refresh;

function closingWrongly(): Fault {
  const revoked = new Set<string>();
  return {
    answer: (request, next) => {
      if (isRevocation(request)) revoked.add(tokenOf(request));
      return next(request);
    },
    frame: (frame, request) =>
      frame.opcode === OPCODE.close && revoked.has(bearerOf(request)) ? [closeFrame(1001)] : [frame],
  };
}

/** Tokens that their owners end. */
export const REVOKE_FAULTS: readonly WrongServer[] = [
  {
    breaks: "does not answer 200 when an unknown token is revoked",
    fails: ["oauth-revoke.unknown-token"],
    fault: () => saying(NOBODY),
  },
  {
    breaks: "does not answer 200 when what is no token is revoked",
    fails: ["oauth-revoke.malformed-token"],
    fault: () => saying("no token"),
  },
  {
    breaks: "wants to know the client that revokes a token",
    fails: ["oauth-revoke.answers"],
    fault: () => revoking(1, 401),
  },
  {
    breaks: "does not answer 200 when a token is revoked again",
    fails: ["oauth-revoke.twice"],
    fault: () => revoking(2, 400),
  },
  {
    breaks: "says that a token is revoked, and does nothing",
    fails: ["oauth-revoke.ends"],
    fault: pretending,
  },
  {
    breaks: "revokes a token that stands in the address",
    fails: ["oauth-revoke.not-by-address"],
    fault: () => ({
      answer: (request, next) => {
        const token = request.query.get("token");
        const isMeant = isRevocation(request) && token !== null;
        const query = new URLSearchParams();
        return next(isMeant ? withBody({ ...request, query }, `token=${token}`) : request);
      },
    }),
  },
  {
    breaks: "lets a person's access token live on that was revoked",
    fails: ["oauth-revoked-pair.access-token-ends"],
    fault: () => afterRevoking("access_token", validatingAccess, () => made(200, "{}")),
  },
  {
    breaks: "closes the sockets of a token with 1001 that its app revoked",
    fails: ["oauth-revoked-pair.closes-sockets"],
    fault: closingWrongly,
  },
  {
    breaks: "lets a refresh token live on whose access token was revoked",
    fails: ["oauth-revoked-pair.refresh-token-ends-too"],
    fault: () => afterRevoking("access_token", refreshing, () => made(200, "{}")),
  },
  {
    breaks: "lets a refresh token live on that was revoked",
    fails: ["oauth-revoked-pair.refresh-token-ends"],
    fault: () => afterRevoking("refresh_token", refreshing, () => made(200, "{}")),
  },
  {
    breaks: "lets an access token live on whose refresh token was revoked",
    fails: ["oauth-revoked-pair.access-token-ends-too"],
    fault: () => afterRevoking("refresh_token", validatingAccess, () => made(200, "{}")),
  },
];
