import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import * as openid from "openid-client";
import type { Browser } from "playwright-core";
import { SCOPES } from "../../../src/domain/scopes.ts";
import { expectError, scopeError } from "../../support/answers.ts";
import { startDesktopApp } from "../../support/apps/desktopApp.ts";
import { somebodyAtTheBrowser } from "../../support/apps/person.ts";
import { Plugin } from "../../support/apps/plugin.ts";
import { startWebApp } from "../../support/apps/webApp.ts";
import { findBrowser, openBrowser } from "../../support/browser.ts";
import { filled } from "../../support/filledPath.ts";
import { Listener } from "../../support/listener.ts";
import { ROWS } from "../../support/matrix/rows.ts";
import { bearer, latest, VALIDATE_PATH } from "../../support/requests.ts";
import { startTestServer, type TestServer, write } from "../../support/server.ts";
import { CHEAP_PASSWORDS, pageOriginOf } from "../../support/session/browser.ts";

/** Apps of other people are let in by somebody in front of a real browser, and then read or write a heart rate. */
const program = findBrowser();
let server: TestServer;
let browser: Browser;
let origin: string;

beforeAll(async () => {
  if (program === undefined) return;
  server = await startTestServer({ passwordCost: CHEAP_PASSWORDS });
  browser = await openBrowser(program);
  origin = pageOriginOf(server);
});
afterAll(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
});

interface Validated {
  readonly client_id: string;
  readonly profile_id: string | null;
  readonly expires_in: number;
  readonly scopes: readonly string[];
}

async function validate(token: string): Promise<Validated> {
  const response = await fetch(`${origin}${VALIDATE_PATH}`, { headers: bearer(token) });
  expect(response.status).toBe(200);
  return (await response.json()) as Validated;
}

async function profileOf(user: string): Promise<string | undefined> {
  return (await server.server.storage.directory.findProfile(user))?.publicId;
}

const YEAR_SECONDS = 31_536_000;

if (program !== undefined)
  describe("apps of other people", () => {
    test("a web app gets in by code and PKCE, writes a heart rate, refreshes, and writes on", async () => {
      const person = await somebodyAtTheBrowser(server, browser);
      await using app = await startWebApp(origin, (redirectUri) =>
        person.register({
          name: "Pulse to lights",
          redirect_uris: [redirectUri],
          confidential: true,
          implicit: false,
        }),
      );
      await person.page.goto(app.origin);
      await person.page.getByRole("link", { name: "Connect your heart" }).click();
      await person.signIn();
      await person.page.getByRole("heading", { name: "Allow Pulse to lights?" }).waitFor();
      await person.allow();
      await person.page.getByRole("heading", { name: "Connected" }).waitFor();

      const first = await app.connected;
      expect(await validate(first.access_token)).toMatchObject({
        profile_id: await profileOf(person.user),
        scopes: ["data:heart_rate:read", "data:heart_rate:write"],
      });
      const now = Date.now();
      expect((await write(origin, first.access_token, now, 91)).status).toBe(200);
      expect((await latest(origin, first.access_token))?.data.heart_rate).toBe(91);

      const second = await openid.refreshTokenGrant(app.client, first.refresh_token as string);
      expect((await write(origin, second.access_token, now + 1, 92)).status).toBe(200);
      expect((await write(origin, first.access_token, now + 2, 93)).status).toBe(401);
      expect((await latest(origin, second.access_token))?.data.heart_rate).toBe(92);

      await openid.tokenRevocation(app.client, second.refresh_token as string);
      expect((await write(origin, second.access_token, now + 3, 94)).status).toBe(401);
      expect(person.complaints).toEqual([]);
    });

    test("a web app without a secret gets in by PKCE alone", async () => {
      const person = await somebodyAtTheBrowser(server, browser);
      await using app = await startWebApp(origin, (redirectUri) =>
        person.register({
          name: "In the browser",
          redirect_uris: [redirectUri],
          confidential: false,
          implicit: false,
        }),
      );
      await person.page.goto(app.origin);
      await person.page.getByRole("link").click();
      await person.signIn();
      await person.allow();
      await person.page.getByRole("heading", { name: "Connected" }).waitFor();
      const { access_token: token } = await app.connected;
      expect((await write(origin, token, Date.now(), 77)).status).toBe(200);
    });

    test("a person who says no is sent back with that, and the app has nothing", async () => {
      const person = await somebodyAtTheBrowser(server, browser);
      await using app = await startWebApp(origin, (redirectUri) =>
        person.register({ name: "Nosy", redirect_uris: [redirectUri], confidential: true, implicit: false }),
      );
      await person.page.goto(app.origin);
      await person.page.getByRole("link").click();
      await person.signIn();
      await person.page.getByRole("button", { name: "Cancel" }).click();
      await person.page.getByRole("heading", { name: "Not connected" }).waitFor();
      const refusal = await app.connected.catch((error) => error);
      expect(refusal).toBeInstanceOf(openid.AuthorizationResponseError);
      expect((refusal as openid.AuthorizationResponseError).error).toBe("access_denied");
    });

    test("a desktop app gets its token behind the # on loopback, and hears the heart live", async () => {
      const person = await somebodyAtTheBrowser(server, browser);
      await using app = startDesktopApp("/");
      const { clientId } = await person.register({
        name: "Overlay for the desktop",
        redirect_uris: ["http://127.0.0.1/"],
        confidential: false,
        implicit: true,
      });
      const query = new URLSearchParams({
        response_type: "token",
        client_id: clientId,
        redirect_uri: app.redirectUri,
        scope: "data:heart_rate:read,data:heart_rate:write",
        state: "a state",
      });
      await person.page.goto(`${origin}/oauth2/authorize?${query}`);
      await person.signIn();
      await person.allow();

      const answer = await app.answer;
      expect([...answer.keys()].slice(0, 5)).toEqual([
        "token_type",
        "access_token",
        "expires_in",
        "scope",
        "state",
      ]);
      expect(answer.get("token_type")).toBe("bearer");
      expect(answer.get("state")).toBe("a state");
      expect(Number(answer.get("expires_in"))).toBe(YEAR_SECONDS);
      const token = answer.get("access_token") as string;
      using listener = await Listener.open(origin, token);
      expect((await write(origin, token, 1_700_000_000_000, 84)).status).toBe(200);
      expect(await listener.heard(1)).toEqual(['{"measured_at":1700000000000,"data":{"heart_rate":84}}']);
    });

    test("a desktop app made for Pulsoid, with the id that it has, shows its token on a page to be copied", async () => {
      const person = await somebodyAtTheBrowser(server, browser);
      const clientId = crypto.randomUUID();
      await person.page.goto(
        `${origin}/oauth2/authorize?response_type=token&client_id=${clientId}&redirect_uri=&scope=data:heart_rate:read,data:heart_rate:write,news:read&state=&response_mode=web_page`,
      );
      await person.signIn();
      await person.page.getByText("Not verified by this server.").waitFor();
      await person.allow();
      await person.page.getByText("You will not see this again.").waitFor();
      const shown = await person.page.locator("code, input").allInnerTexts();
      const token = shown.find((text) => /^[0-9a-f-]{36}$/.test(text)) as string;
      expect(await validate(token)).toMatchObject({
        client_id: clientId,
        scopes: ["data:heart_rate:read", "data:heart_rate:write"],
      });
      expect((await write(origin, token, Date.now(), 66)).status).toBe(200);
      expect((await latest(origin, token))?.data.heart_rate).toBe(66);
      expect(person.page.url()).not.toContain(token);
    });

    test("a plugin shows a code, waits for the person, and writes a heart rate", async () => {
      const person = await somebodyAtTheBrowser(server, browser);
      const plugin = new Plugin(origin, crypto.randomUUID());
      const codes = await plugin.askForCodes("data:heart_rate:write");
      const waiting = plugin.wait(codes);
      await person.page.goto(codes.verification_uri_complete);
      await person.signIn();
      await person.page.getByText(codes.user_code).first().waitFor();
      await person.allow();
      await person.page.getByRole("heading", { name: "You can go back to your device" }).waitFor();
      const polled = await waiting;
      if ("ended" in polled) throw new Error(`the plugin gave up: ${polled.ended}`);
      expect(polled).toEqual({
        access_token: expect.any(String),
        expires_in: YEAR_SECONDS,
        token_type: "bearer",
      });
      expect((await write(origin, polled.access_token, Date.now(), 101)).status).toBe(200);
      expect(await plugin.wait(codes)).toEqual({ ended: "access token already issued" });
    });

    test("a plugin whose person says no is told so in the words that it compares", async () => {
      const person = await somebodyAtTheBrowser(server, browser);
      const plugin = new Plugin(origin, crypto.randomUUID());
      const codes = await plugin.askForCodes("data:heart_rate:write");
      await person.page.goto(codes.verification_uri_complete);
      await person.signIn();
      await person.page.getByRole("button", { name: "Cancel" }).click();
      expect(await plugin.wait(codes)).toEqual({ ended: "user didn't grant access" });
    });

    test("a backend gets in by its own name, which is nobody's: no route that needs a person opens", async () => {
      const person = await somebodyAtTheBrowser(server, browser);
      const { clientId, clientSecret } = await person.register({
        name: "Backend",
        redirect_uris: ["https://backend.example/callback"],
        confidential: true,
        implicit: false,
      });
      const client = await openid.discovery(
        new URL(origin),
        clientId,
        undefined,
        openid.ClientSecretBasic(clientSecret as string),
        { execute: [openid.allowInsecureRequests], algorithm: "oauth2" },
      );
      const { access_token: token, refresh_token: refresh } = await openid.clientCredentialsGrant(client, {
        scope: SCOPES.join(" "),
      });
      expect(refresh).toBeUndefined();
      expect(await validate(token)).toMatchObject({ client_id: clientId, profile_id: null, scopes: SCOPES });
      const personal = Object.entries(ROWS).filter(([, { right }]) => Array.isArray(right));
      expect(personal.length).toBeGreaterThan(20);
      for (const [name, { right }] of personal) {
        const [method = "", path = ""] = name.split(" ");
        const response = await fetch(`${origin}${filled(path)}`, { method, headers: bearer(token) });
        await expectError(response, { ...scopeError((right as readonly string[])[0] as string) });
      }
    });
  });
