import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { findBrowser, openBrowser } from "../../support/browser.ts";
import { startTestServer, type TestServer } from "../../support/server.ts";
import { CHEAP_PASSWORDS, PASSWORD, pageOriginOf } from "../../support/session/browser.ts";
import { makeLink } from "../../support/session/people.ts";

const TEST_MS_MAX = 60_000;
const program = findBrowser();

/** A ceremony as a page of ours drives it, in the browser's own words. */
interface Ceremonies {
  parseCreationOptionsFromJSON(options: unknown): never;
  parseRequestOptionsFromJSON(options: unknown): never;
}

if (program !== undefined) {
  describe("a passkey in Chromium, with an authenticator of its own, on http://localhost", () => {
    let server: TestServer;
    let browser: Browser;
    beforeAll(async () => {
      server = await startTestServer({ passwordCost: CHEAP_PASSWORDS });
      browser = await openBrowser(program);
    });
    afterAll(async () => {
      await browser?.close();
      await server?.[Symbol.asyncDispose]();
    });

    async function openPage(): Promise<Page> {
      const page = await (await browser.newContext()).newPage();
      const session = await page.context().newCDPSession(page);
      await session.send("WebAuthn.enable");
      await session.send("WebAuthn.addVirtualAuthenticator", {
        options: {
          protocol: "ctap2",
          transport: "internal",
          hasResidentKey: true,
          hasUserVerification: true,
          isUserVerified: true,
          automaticPresenceSimulation: true,
        },
      });
      // Any page of the origin will do: the ceremony is between the browser and us.
      await page.goto(`${pageOriginOf(server)}/session/ways`);
      return page;
    }

    const post = (page: Page, path: string, body: object = {}) =>
      page.evaluate(
        async ([address, text]) => {
          const response = await fetch(`/session/${address}`, {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: text as string,
          });
          const answer = await response.text();
          return { status: response.status, body: answer === "" ? null : JSON.parse(answer) };
        },
        [path, JSON.stringify(body)],
      );

    /** Runs in the page: what it uses is the browser's. */
    const perform = (page: Page, kind: "create" | "get", options: object) =>
      page.evaluate(
        async ([which, asked]) => {
          const scope = globalThis as unknown as {
            readonly PublicKeyCredential: Ceremonies;
            readonly navigator: {
              readonly credentials: Record<string, (wanted: object) => Promise<{ toJSON(): object }>>;
            };
          };
          const parse = which === "create" ? "parseCreationOptionsFromJSON" : "parseRequestOptionsFromJSON";
          const publicKey = scope.PublicKeyCredential[parse](asked);
          const credential = await scope.navigator.credentials[which as string]?.({ publicKey });
          return credential?.toJSON() as object;
        },
        [kind, options] as const,
      );

    test(
      "is made after signing up, and signs in to the same account after signing out",
      async () => {
        const page = await openPage();
        const account = { email: "anna@example.org", name: "Anna", password: PASSWORD };
        const code = await makeLink(server, "invitation");
        expect(await post(page, "sign-up", { ...account, code })).toMatchObject({ status: 200 });

        const making = await post(page, "passkey/new-options");
        const made = await perform(page, "create", making.body);
        expect(await post(page, "passkey/new", { name: "This machine", response: made })).toEqual({
          status: 204,
          body: null,
        });
        expect((await post(page, "sign-out")).status).toBe(204);
        expect((await post(page, "token")).status).toBe(401);

        const asking = await post(page, "passkey/options");
        const response = await perform(page, "get", asking.body);
        expect(await post(page, "passkey/sign-in", { response })).toEqual({
          status: 200,
          body: { person: { name: "Anna", email: "anna@example.org" } },
        });
        expect((await post(page, "token")).status).toBe(200);
        expect(
          await page.evaluate(
            () => (globalThis as unknown as { document: { cookie: string } }).document.cookie,
          ),
        ).toBe("");
      },
      TEST_MS_MAX,
    );
  });
}
