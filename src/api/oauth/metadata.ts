import { z } from "zod";
import { CHALLENGE_METHOD } from "../../domain/pkce.ts";
import { SCOPES } from "../../domain/scopes.ts";
import type { Call } from "../context.ts";
import type { Operation } from "../operation.ts";
import { json } from "../responses.ts";
import { issuerOf } from "./issuer.ts";
import { DEVICE_GRANT, OAUTH_PATHS } from "./paths.ts";

const words = z.array(z.string());

export const metadata: Operation = {
  answer: show,
  id: "getOAuthMetadata",
  group: "OAuth",
  summary: "Where the authorization server's endpoints are, and what they can do",
  notes: "RFC 8414. It lists what works, and nothing else.",
  token: "none",
  success: {
    status: 200,
    content: {
      "application/json": z
        .object({
          issuer: z.url(),
          authorization_endpoint: z.url(),
          token_endpoint: z.url(),
          device_authorization_endpoint: z.url(),
          revocation_endpoint: z.url(),
          introspection_endpoint: z.url(),
          response_types_supported: words,
          response_modes_supported: words,
          grant_types_supported: words,
          scopes_supported: words,
          code_challenge_methods_supported: words,
          token_endpoint_auth_methods_supported: words,
          revocation_endpoint_auth_methods_supported: words,
          introspection_endpoint_auth_methods_supported: words,
          authorization_response_iss_parameter_supported: z.boolean(),
        })
        .meta({ id: "OAuthMetadata" }),
    },
  },
};

/** `GET /.well-known/oauth-authorization-server` */
function show({ request, context }: Call): Response {
  const issuer = issuerOf(request, context);
  return json({
    issuer,
    authorization_endpoint: `${issuer}${OAUTH_PATHS.authorize}`,
    token_endpoint: `${issuer}${OAUTH_PATHS.token}`,
    device_authorization_endpoint: `${issuer}${OAUTH_PATHS.deviceAuthorization}`,
    revocation_endpoint: `${issuer}${OAUTH_PATHS.revoke}`,
    introspection_endpoint: `${issuer}${OAUTH_PATHS.introspect}`,
    response_types_supported: ["code", "token"],
    response_modes_supported: ["query", "fragment", "web_page"],
    grant_types_supported: [
      "authorization_code",
      "refresh_token",
      "implicit",
      "client_credentials",
      DEVICE_GRANT,
    ],
    scopes_supported: SCOPES,
    code_challenge_methods_supported: [CHALLENGE_METHOD],
    token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post", "none"],
    revocation_endpoint_auth_methods_supported: ["none"],
    introspection_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
    authorization_response_iss_parameter_supported: true,
  });
}
