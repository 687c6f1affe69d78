import { describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Page } from "playwright-core";
import { appPages, settled } from "../../support/app/appPages.ts";
import { findBrowser } from "../../support/browser.ts";
import { PASSWORD } from "../../support/session/browser.ts";

/** Signing in and signing up, in a real browser. */
setDefaultTimeout(30_000);
const program = findBrowser();
if (program !== undefined) {
  describe("signing in", () => testSigningIn(program));
  describe("a page by a link", () => testLinks(program));
  describe("a passkey", () => testPasskeys(program));
}

const OTHER_NAME = "heart.localhost";

async function signInWith(page: Page, email: string, password: string): Promise<void> {
  await page.fill("[name=email]", email);
  await page.fill("[name=password]", password);
  await page.click("form .main");
}

function testSigningIn(executablePath: string): void {
  const pages = appPages(executablePath, { environment: { HEARTWIRE_ALLOWED_HOSTS: OTHER_NAME } });

  test("works by keyboard alone, and leads to where one wanted to go", async () => {
    const { email } = await pages.person();
    const { page, asked } = await pages.open("/tokens");
    await page.waitForURL((url) => url.pathname === "/sign-in");
    await settled(page);
    expect(await page.title()).toBe("Sign in – Heartwire");
    await page.keyboard.press("Tab");
    await page.keyboard.type(email);
    await page.keyboard.press("Tab");
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press("Enter");
    await page.waitForURL(`${pages.origin}/tokens`);
    await settled(page);
    expect(await page.textContent("h1")).toBe("Tokens");
    expect(asked.filter((one) => !one.startsWith(`${pages.origin}/`))).toEqual([]);
    expect(asked.filter((one) => one.includes(email) || one.includes(encodeURIComponent(email)))).toEqual([]);
  });

  test("says that something is wrong, in the same words whatever it is, and keeps what was typed", async () => {
    const { email } = await pages.person();
    const { page } = await pages.open("/sign-in");
    for (const [address, password] of [
      [email, "wrong horse battery"],
      [`${crypto.randomUUID()}@example.org`, PASSWORD],
    ] as const) {
      await signInWith(page, address, password);
      await page.waitForSelector("form [role=alert] p");
      expect(await page.textContent("form [role=alert]")).toContain(
        "The e-mail address or the password is wrong.",
      );
      expect(await page.inputValue("[name=email]")).toBe(address);
    }
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Sign in");
  });

  test("counts down until the next attempt after too many, and then takes it", async () => {
    const { email } = await pages.person();
    const { page } = await pages.open("/sign-in");
    const waiting = page.locator("form .main", { hasText: /^Try again in \d+ s$/ });
    for (let attempt = 0; attempt < 10 && (await waiting.count()) === 0; attempt++) {
      await signInWith(page, email, "wrong horse battery");
      await page.waitForSelector("form .main[aria-busy=false]");
    }
    expect(await page.textContent("form [role=alert]")).toContain("Too many attempts.");
    expect(await waiting.getAttribute("aria-disabled")).toBe("true");
    await page.waitForSelector("form .main:has-text('Sign in')");
    await signInWith(page, email, PASSWORD);
    await page.waitForURL(`${pages.origin}/apps`);
  });

  for (const hostile of [
    "//evil.example/",
    "/\\evil.example/",
    "https://evil.example/",
    "javascript:alert(1)",
    "/\t/evil.example/",
    "/.//evil.example/",
  ]) {
    test(`never leads to ${JSON.stringify(hostile)}, which an address may name`, async () => {
      const { email } = await pages.person();
      const { page, asked } = await pages.open(`/sign-in?continue=${encodeURIComponent(hostile)}`);
      await signInWith(page, email, PASSWORD);
      await page.waitForURL((url) => url.pathname !== "/sign-in");
      expect(new URL(page.url()).origin).toBe(pages.origin);
      expect(asked.filter((one) => !one.startsWith(`${pages.origin}/`))).toEqual([]);
    });
  }

  test("is not offered over plain http under another name than this machine's, and says why", async () => {
    const { page } = await pages.open("/sign-in");
    await page.goto(`${pages.origin.replace("localhost", OTHER_NAME)}/sign-in`);
    await settled(page);
    expect(await page.textContent("[role=note]")).toContain("Signing in takes https here");
    expect(await page.locator("input, button").count()).toBe(0);
  });

  test("says where a new password comes from", async () => {
    const { page } = await pages.open("/sign-in");
    await page.click("summary");
    expect(await page.textContent("details pre")).toBe("npm run heartwire -- user reset E-MAIL");
  });

  test("under the address 127.0.0.1 it is led to localhost, where passkeys work", async () => {
    const { page } = await pages.open("/");
    await page.goto(`${pages.server.origin}/sign-up?continue=%2Ftokens#K7QF-2M9X-PT4H`);
    expect(page.url()).toBe(`${pages.origin}/sign-up?continue=%2Ftokens#K7QF-2M9X-PT4H`);
  });
}

function testLinks(executablePath: string): void {
  const pages = appPages(executablePath);

  test("makes the owner's account, says what it gives, and works once", async () => {
    const user = crypto.randomUUID();
    const code = await pages.link("claim", { user });
    const { page, asked } = await pages.open(`/sign-up#${code}`);
    expect(await page.textContent(".lead")).toBe(
      `This makes your account and gives it the user “${user}”, with all of its heart rates.`,
    );
    await page.fill("[name=name]", "Anna");
    await page.fill("[name=email]", `${user}@example.org`);
    await page.fill("[name=password]", PASSWORD);
    await page.click("form .main");
    await page.waitForURL(`${pages.origin}/apps`);
    await page.goto(`${pages.origin}/account`);
    await settled(page);
    expect(await page.textContent("dl.facts")).toContain(user);
    await page.goto(`${pages.origin}/sign-up#${code}`);
    await settled(page);
    expect(await page.textContent("main")).toContain("This link is unknown, was used already or is over.");
    // No address that is asked for, and no referrer, holds the code.
    expect(asked.filter((one) => one.includes(code))).toEqual([]);
  });

  test("without a link says that accounts are made by invitation", async () => {
    const { page } = await pages.open("/sign-up");
    expect(await page.textContent("main")).toContain("Accounts are made by invitation here.");
    expect(await page.locator("input").count()).toBe(0);
  });

  test("sets a new password, signs everybody out, and takes the code out of the address", async () => {
    const person = await pages.person();
    const code = await pages.link("reset", { email: person.email });
    const { page } = await pages.open(`/reset#${code}`);
    await page.fill("[name=password]", "another horse battery");
    await page.click("form .main");
    await page.waitForSelector("h1:has-text('Your password is set')");
    expect(page.url()).toBe(`${pages.origin}/reset`);
    expect(await page.evaluate("document.activeElement.tagName")).toBe("H1");
    expect((await person.browser.post("token", {})).status).toBe(401);
    await page.click("a.main");
    await settled(page);
    await signInWith(page, person.email, "another horse battery");
    await page.waitForURL(`${pages.origin}/apps`);
  });

  test("a link that is none sets nothing, and says whom to ask", async () => {
    const { page } = await pages.open("/reset#<img src=x onerror=alert(1)>");
    expect(await page.textContent("main")).toContain("This link is unknown, was used already or is over.");
    expect(await page.locator("input, img").count()).toBe(0);
  });
}

function testPasskeys(executablePath: string): void {
  const pages = appPages(executablePath);

  test("is added on the page of the account and signs in afterwards, without a password", async () => {
    const person = await pages.person();
    const { page, complaints } = await pages.open("/account", { person });
    const devTools = await page.context().newCDPSession(page);
    await devTools.send("WebAuthn.enable");
    await devTools.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    await page.click("text=Add a passkey");
    await page.fill("[name=name]", "Laptop");
    await page.click("text=Add it");
    await page.waitForSelector(".plain-list li");
    expect(await page.textContent(".said")).toBe("The passkey “Laptop” is added.");
    const signOut = async () => {
      await page.click("main >> text='Sign out'");
      await page.waitForURL(`${pages.origin}/sign-in`);
      await settled(page);
    };
    // Offered in the field, which this browser takes by itself.
    await signOut();
    await page.waitForURL(`${pages.origin}/apps`);
    // By the button, in a browser that offers none in fields.
    await page.addInitScript("PublicKeyCredential.isConditionalMediationAvailable = async () => false");
    await page.goto(`${pages.origin}/account`);
    await settled(page);
    await signOut();
    await page.click("text=Sign in with a passkey");
    await page.waitForURL(`${pages.origin}/apps`);
    await page.goto(`${pages.origin}/account`);
    await settled(page);
    await page.click("text=Remove");
    await page.waitForSelector(".said:has-text('is removed')");
    expect(await page.locator(".plain-list li").count()).toBe(0);
    expect(complaints).toEqual([]);
  });
}
