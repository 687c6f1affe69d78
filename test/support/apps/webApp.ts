import type { Server } from "bun";
import { html } from "hono/html";
import * as openid from "openid-client";

/** An app on the web, as somebody else writes it: its OAuth is openid-client's, and knows of Heartwire only the address. */
export interface WebApp extends AsyncDisposable {
  readonly origin: string;
  /** Where the provider sends people back to; registered there exactly. */
  readonly redirectUri: string;
  /** What it was given, once somebody came back. */
  readonly connected: Promise<openid.TokenEndpointResponse>;
  /** Its OAuth client, for what comes after. */
  readonly client: openid.Configuration;
}

export interface Registration {
  readonly clientId: string;
  /** Absent for an app that runs in the browser or on a phone. */
  readonly clientSecret?: string;
}

const SCOPE = "data:heart_rate:read data:heart_rate:write";

/**
 * Starts it: `/` has a link that begins the code flow with PKCE and a state, and `/callback` redeems the code. It checks the
 * state, the issuer (RFC 9207) and PKCE, as the library does by itself.
 *
 * @param register is told the redirect address, and registers it
 */
export async function startWebApp(
  provider: string,
  register: (redirectUri: string) => Promise<Registration>,
): Promise<WebApp> {
  const { promise: connected, resolve, reject } = Promise.withResolvers<openid.TokenEndpointResponse>();
  connected.catch(() => {});
  const verifier = openid.randomPKCECodeVerifier();
  const state = openid.randomState();
  const server: Server<undefined> = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    routes: {
      "/": async (): Promise<Response> =>
        page(await html`<a href="${await authorizationAddress()}">Connect your heart</a>`),
      "/callback": async (request): Promise<Response> => {
        try {
          resolve(
            await openid.authorizationCodeGrant(client, new URL(request.url), {
              pkceCodeVerifier: verifier,
              expectedState: state,
            }),
          );
          return page("<h1>Connected</h1>");
        } catch (error) {
          reject(error);
          return page("<h1>Not connected</h1>");
        }
      },
    },
  });
  const origin = `http://127.0.0.1:${server.port}`;
  const redirectUri = `${origin}/callback`;
  const { clientId, clientSecret } = await register(redirectUri);
  const client = await openid.discovery(
    new URL(provider),
    clientId,
    clientSecret,
    clientSecret === undefined ? openid.None() : undefined,
    // Plain http on loopback is what the library calls insecure; the metadata are OAuth's (RFC 8414).
    { execute: [openid.allowInsecureRequests], algorithm: "oauth2" },
  );
  const authorizationAddress = async (): Promise<string> =>
    openid.buildAuthorizationUrl(client, {
      redirect_uri: redirectUri,
      scope: SCOPE,
      state,
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
    }).href;
  return { origin, redirectUri, connected, client, [Symbol.asyncDispose]: () => server.stop(true) };
}

function page(body: unknown): Response {
  return new Response(`<!doctype html><title>Somebody's app</title>${body}`, {
    headers: { "content-type": "text/html; charset=UTF-8" },
  });
}
