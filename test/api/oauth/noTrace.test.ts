import { expect, test } from "bun:test";
import { beginDevice, decideDevice, poll } from "../../support/oauth/devices.ts";
import {
  allow,
  answerIn,
  askToken,
  authorizationQuery,
  CALLBACK,
  credentialsOf,
  HEART_SCOPES,
  newClient,
  newVerifier,
  postForm,
  redeem,
  refresh,
} from "../../support/oauth/flows.ts";
import { startTestServer } from "../../support/server.ts";
import { signIn } from "../../support/signedIn.ts";

test("no code, token, secret or verifier is in the log, in an error or in the trail, in any flow", async () => {
  await using server = await startTestServer();
  const [client, person] = [await newClient(server, { implicit: true }), await signIn(server)];
  const { verifier, challenge } = newVerifier();
  const asked = {
    client_id: client.publicId,
    redirect_uri: CALLBACK,
    scope: HEART_SCOPES,
    state: crypto.randomUUID(),
  };
  const pkce = { code_challenge: challenge, code_challenge_method: "S256" };
  const query = authorizationQuery({ response_type: "code", ...asked, ...pkce });
  await fetch(`${server.origin}/oauth2/authorize?${query}`);
  const code = answerIn((await allow(server, person, query)).redirect_to).get("code") as string;
  const { body: pair } = await redeem(server, client, code, { code_verifier: verifier });
  const { body: next } = await refresh(server, client, pair.refresh_token);
  const implicit = authorizationQuery({ response_type: "token", ...asked });
  const given = answerIn((await allow(server, person, implicit)).redirect_to).get("access_token") as string;
  const device = await beginDevice(server, client.publicId);
  await decideDevice(server, person, device.user_code);
  const { body: devices } = await poll(server, client.publicId, device.device_code);

  const errors: unknown[] = [
    await redeem(server, client, code, { code_verifier: verifier, redirect_uri: "https://x.example" }),
    await refresh(server, client, pair.refresh_token, { client_secret: given }),
    await askToken(server, { grant_type: client.secret, ...credentialsOf(client) }),
    await askToken(server, { grant_type: "authorization_code", client_id: given, code: given }),
    await (await postForm(server, "/oauth2/token", `code=${code}&code=${given}`)).json(),
    await (await postForm(server, `/oauth2/revoke?token=${given}`, "")).json(),
    await (await decideDevice(server, person, device.user_code)).json(),
    await (await decideDevice(server, person, given)).json(),
    await (await fetch(`${server.origin}/oauth2/authorize?client_id=${given}`)).text(),
  ];
  const secrets = [
    code,
    verifier,
    client.secret as string,
    person.token,
    asked.state,
    ...[pair, next].flatMap(({ access_token, refresh_token }) => [access_token, refresh_token]),
    given,
    device.device_code,
    device.user_code,
    devices.access_token,
  ];
  const trail = await server.server.storage.directory.trail.read(person.profile.id, 100);
  expect(trail.length).toBeGreaterThan(4);
  const written = JSON.stringify([server.log.lines, errors, trail]);
  expect(server.log.lines.length).toBeGreaterThan(10);
  expect(new Set(secrets).size).toBe(secrets.length);
  for (const secret of secrets) expect(written).not.toContain(secret);
});
