import { expect, test } from "bun:test";
import { DEFAULT_LIMITS } from "../../../src/settings/limits.ts";
import { askAccount } from "../../support/account.ts";
import { asPage, authorizationQuery, newClient } from "../../support/oauth/flows.ts";
import { MovableClock } from "../../support/oauth/movableClock.ts";
import { startTestServer } from "../../support/server.ts";
import { signIn } from "../../support/signedIn.ts";

/** The trail keeps everything, so that what is written into it has to have an end. */
const TOKEN = { name: "Strap", scopes: ["data:heart_rate:write"] };

test("somebody makes and allows as much in a minute as accountChangesPerMinuteMax, and not one more, whatever it is", async () => {
  const clock = new MovableClock();
  await using server = await startTestServer({
    limits: { accountChangesPerMinuteMax: 3 },
    clock: clock.now,
  });
  const [person, other] = [await signIn(server), await signIn(server)];
  const client = await newClient(server, { implicit: true, owner: person.profile.id });
  const query = authorizationQuery({
    response_type: "token",
    response_mode: "web_page",
    client_id: client.publicId,
    scope: "profile:read",
  });
  const own = `/clients/${client.publicId}`;
  const changes: readonly (() => Promise<Response>)[] = [
    () => askAccount(server, person.token, "POST", "/tokens", TOKEN),
    () => askAccount(server, person.token, "POST", "/clients", { name: "Zones" }),
    () => askAccount(server, person.token, "PUT", own, { name: "Better" }),
    () => askAccount(server, person.token, "POST", `${own}/secret`),
    () => askAccount(server, person.token, "GET", "/export"),
    () => asPage(server, person, "/authorizations", { query, allow: true }),
    () => asPage(server, person, "/authorizations", { query, allow: false }),
  ];
  for (const change of changes) {
    clock.move(60_000);
    for (let made = 0; made < 3; made++) {
      const response = await change();
      await response.text();
      expect(response.status).toBe(200);
    }
    const refused = await change();
    expect({ status: refused.status, wait: refused.headers.get("retry-after") }).toEqual({
      status: 429,
      wait: "60",
    });
    expect(await refused.json()).toMatchObject({ error_code: 8012 });
  }
  expect((await askAccount(server, other.token, "POST", "/tokens", TOKEN)).status).toBe(200);
  expect(DEFAULT_LIMITS.accountChangesPerMinuteMax).toBe(120);
});

test("whoever reached the limit, or was brought there by a thief, can still take everything away", async () => {
  await using server = await startTestServer({ limits: { accountChangesPerMinuteMax: 1 } });
  const { token, email } = await signIn(server);
  const made = await askAccount(server, token, "POST", "/tokens", TOKEN);
  const { id } = (await made.json()) as { readonly id: number };
  expect((await askAccount(server, token, "POST", "/tokens", TOKEN)).status).toBe(429);
  expect((await askAccount(server, token, "DELETE", `/tokens/${id}`)).status).toBe(204);
  expect((await askAccount(server, token, "POST", "/erase", { email })).status).toBe(204);
});
