import { beforeAll, describe, expect, test } from "bun:test";
import * as library from "openid-client";
import { decideDevice } from "../../support/oauth/devices.ts";
import {
  allow,
  CALLBACK,
  HEART_SCOPES,
  newClient,
  type TestClient,
  validated,
} from "../../support/oauth/flows.ts";
import { write } from "../../support/server.ts";
import { sharedServer } from "../../support/sharedServer.ts";
import { type SignedInPerson, signIn } from "../../support/signedIn.ts";

/** A client that others wrote, and that checks what the RFCs want of an answer: openid-client. */
const shared = sharedServer();
const issuer = () => new URL(shared().origin.replace("127.0.0.1", "localhost"));

let client: TestClient;
let person: SignedInPerson;
beforeAll(async () => {
  client = await newClient(shared());
  person = await signIn(shared());
});

function discover(
  { publicId, secret }: TestClient = client,
  how: library.ClientAuth | undefined = undefined,
): Promise<library.Configuration> {
  return library.discovery(issuer(), publicId, secret, how, {
    algorithm: "oauth2",
    execute: [library.allowInsecureRequests],
  });
}

/** A whole authorization code flow, with PKCE and a state. */
async function connect(config: library.Configuration): Promise<library.TokenEndpointResponse> {
  const pkceCodeVerifier = library.randomPKCECodeVerifier();
  const state = library.randomState();
  const address = library.buildAuthorizationUrl(config, {
    redirect_uri: CALLBACK,
    scope: HEART_SCOPES,
    state,
    code_challenge: await library.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
  });
  const { redirect_to } = await allow(shared(), person, address.search);
  return library.authorizationCodeGrant(config, new URL(redirect_to), {
    pkceCodeVerifier,
    expectedState: state,
  });
}

describe("openid-client", () => {
  test("discovers the server, connects by code and PKCE, and writes a heart rate", async () => {
    for (const how of [library.ClientSecretBasic(client.secret), library.ClientSecretPost(client.secret)]) {
      const { access_token } = await connect(await discover(client, how));
      expect((await write(shared().origin, access_token, Date.now(), 72)).status).toBe(200);
    }
  });

  test("connects as an app without a secret", async () => {
    const open = await newClient(shared(), { isPublic: true });
    const { access_token } = await connect(await discover(open, library.None()));
    expect((await validated(shared(), access_token)).client_id).toBe(open.publicId);
  });

  test("refreshes, asks about its token and ends it", async () => {
    const config = await discover();
    const { refresh_token = "" } = await connect(config);
    const { access_token } = await library.refreshTokenGrant(config, refresh_token);
    expect(await library.tokenIntrospection(config, access_token)).toMatchObject({ active: true });
    await library.tokenRevocation(config, access_token);
    expect(await library.tokenIntrospection(config, access_token)).toMatchObject({ active: false });
  });

  test("refuses an answer that another server sent (RFC 9207)", async () => {
    const config = await discover();
    const answer = new URL(`${CALLBACK}?code=${crypto.randomUUID()}&iss=https://evil.example`);
    const refused = { cause: { message: expect.stringContaining('"iss"') } };
    await expect(library.authorizationCodeGrant(config, answer)).rejects.toMatchObject(refused);
    answer.searchParams.delete("iss");
    await expect(library.authorizationCodeGrant(config, answer)).rejects.toMatchObject(refused);
  });

  test("is told that the person did not allow it", async () => {
    const config = await discover();
    const address = library.buildAuthorizationUrl(config, { redirect_uri: CALLBACK, scope: "none" });
    const response = await fetch(address, { redirect: "manual" });
    const answer = new URL(response.headers.get("location") as string);
    await expect(library.authorizationCodeGrant(config, answer)).rejects.toMatchObject({
      error: "invalid_scope",
    });
  });

  test("connects a device", async () => {
    const config = await discover(await newClient(shared(), { isPublic: true }), library.None());
    const begun = await library.initiateDeviceAuthorization(config, { scope: HEART_SCOPES });
    await decideDevice(shared(), person, begun.user_code);
    const { access_token } = await library.pollDeviceAuthorizationGrant(config, { ...begun, interval: 0 });
    expect((await validated(shared(), access_token)).profile_id).toBe(person.profile.publicId);
  });

  test("is given a token of a server's own", async () => {
    const { access_token, expires_in } = await library.clientCredentialsGrant(await discover());
    expect(expires_in).toBe(3600);
    expect((await validated(shared(), access_token)).profile_id).toBeNull();
  });
});
