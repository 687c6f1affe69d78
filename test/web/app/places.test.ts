import { describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Page } from "playwright-core";
import { type AppPages, appPages, settled } from "../../support/app/appPages.ts";
import { findBrowser } from "../../support/browser.ts";
import { PASSWORD } from "../../support/session/browser.ts";

/** The places of somebody who is signed in, in a real browser. */
setDefaultTimeout(30_000);
const program = findBrowser();
if (program !== undefined) describe("the page", () => testPlaces(program));

const VALIDATE = "/api/v1/token/validate";

/** What was done last, once the page says it. */
async function said(page: Page): Promise<string> {
  await page.waitForSelector(".said:not(:empty)");
  return (await page.textContent(".said")) ?? "";
}

/** Makes a token on its page. @returns it */
async function makeToken(page: Page, name: string): Promise<string> {
  await page.click("text=Make a token");
  await page.fill("[name=name]", name);
  await page.click("text=Make the token");
  await page.waitForSelector(".once");
  return (await page.textContent(".once code")) ?? "";
}

const statusOf = async ({ origin }: AppPages, token: string) =>
  (await fetch(`${origin}${VALIDATE}`, { headers: { authorization: `Bearer ${token}` } })).status;

function testPlaces(executablePath: string): void {
  const pages = appPages(executablePath);

  test("Tokens makes one that works, shows it once, and revokes it", async () => {
    const person = await pages.person();
    const { page, asked, complaints } = await pages.open("/tokens", { person });
    expect(await page.innerText("main")).toContain("You have no tokens.");
    await page.click("text=Make a token");
    expect(await page.evaluate("document.activeElement.tagName")).toBe("H2");
    await page.click("text=Cancel");
    const token = await makeToken(page, "OBS");
    expect(await statusOf(pages, token)).toBe(200);
    expect(asked.filter((one) => one.includes(token))).toEqual([]);
    await page.click("text=I have kept it");
    expect(await page.content()).not.toContain(token);
    expect(await page.locator(".row .pills li").allTextContents()).toEqual(["See your heart rate live"]);
    await page.click("text=Revoke");
    await page.waitForSelector("dialog[open]");
    // Enter on opening takes nothing away.
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog", { state: "detached" });
    expect(await statusOf(pages, token)).toBe(200);
    await page.click("text=Revoke");
    await page.click("dialog .grave");
    expect(await said(page)).toBe("The token “OBS” is revoked.");
    expect(await statusOf(pages, token)).toBe(401);
    expect(await page.evaluate("document.activeElement.tagName")).toBe("H1");
    expect(complaints).toEqual([]);
  });

  test("Tokens makes none that may do nothing", async () => {
    const { page } = await pages.open("/tokens", { person: await pages.person() });
    await page.click("text=Make a token");
    await page.fill("[name=name]", "Nothing");
    await page.uncheck("[value='data:heart_rate:read']");
    await page.click("text=Make the token");
    await page.waitForSelector("text=Choose at least one thing that it may do.");
    expect(await page.locator(".once").count()).toBe(0);
  });

  test("of a token is without it once it is left and gone back to", async () => {
    const { page } = await pages.open("/tokens", { person: await pages.person() });
    const token = await makeToken(page, "Watch");
    await page.click("nav >> text=Apps");
    await page.waitForURL(`${pages.origin}/apps`);
    await page.goBack();
    await settled(page);
    expect(await page.textContent("h1")).toBe("Tokens");
    expect(await page.content()).not.toContain(token);
    expect(await page.evaluate("localStorage.length + sessionStorage.length")).toBe(0);
  });

  test("My apps shows who was let in, and disconnects in one click", async () => {
    const person = await pages.person();
    const query = `response_type=token&response_mode=web_page&client_id=${crypto.randomUUID()}&scope=data:heart_rate:read`;
    const { access_token } = await pages.api<{ access_token: string }>(person, "POST", "/authorizations", {
      query,
      allow: true,
    });
    const { page } = await pages.open("/apps", { person });
    expect(await page.innerText(".row")).toContain("Not verified by this server");
    await page.click("text='Disconnect'");
    expect(await said(page)).toContain("is disconnected. It has to ask you before it can do anything.");
    expect(await statusOf(pages, access_token)).toBe(401);
    expect(await page.innerText("main")).toContain("No app has access.");
  });

  test("Developer registers an app, shows its secret once, changes it, makes a new secret and deletes it", async () => {
    const { page, complaints } = await pages.open("/developer", { person: await pages.person() });
    await page.click("text=Register an app");
    await page.fill("[name=name]", "Beat Board");
    await page.fill("[name=redirects]", "https://beats.example/callback#part");
    await page.check("[value=confidential]");
    await page.click("text='Register'");
    await page.waitForSelector("form [role=alert] p");
    expect(await page.textContent("form [role=alert] p")).toContain("edirect_uris.0: ");
    await page.fill("[name=redirects]", "https://beats.example/callback\nhttp://127.0.0.1/callback\n");
    await page.click("text='Register'");
    await page.waitForSelector(".once");
    const secret = await page.textContent(".once code");
    await page.click("text=I have kept it");
    expect(await page.content()).not.toContain(secret);
    expect(await page.locator("dd code").allTextContents()).toEqual([
      "https://beats.example/callback",
      "http://127.0.0.1/callback",
    ]);
    await page.click("text='Change'");
    await page.check("[type=checkbox]");
    await page.click("text='Save'");
    expect(await said(page)).toBe("The changes are saved.");
    expect(await page.innerText(".row")).toContain("the implicit grant is on");
    await page.click("text='New secret'");
    expect(await page.textContent("dialog")).toContain("The old one stops at once");
    await page.click("dialog .grave");
    await page.waitForSelector(".once");
    expect(await page.textContent(".once code")).not.toBe(secret);
    await page.click("text='Delete'");
    await page.click("dialog .grave");
    await page.waitForSelector("text=You have registered no app.");
    // The browser itself notes an answer that is no good; nothing else is said.
    expect(complaints.filter((one) => !one.includes("400 (Bad Request)"))).toEqual([]);
  });

  test("Account keeps details, changes the password and ends other sessions", async () => {
    const person = await pages.person();
    const { page } = await pages.open("/account", { person });
    await page.fill("[name=channel]", "twitch.tv/anna");
    await page.fill("[name=weight]", "61.5");
    await page.selectOption("[name=sex]", "female");
    await page.click("text='Save'");
    expect(await said(page)).toBe("Your details are saved.");
    await page.reload();
    await settled(page);
    expect(await page.inputValue("[name=channel]")).toBe("twitch.tv/anna");
    expect(await page.inputValue("[name=weight]")).toBe("61.5");
    expect(await page.inputValue("[name=sex]")).toBe("female");
    await page.click("text=Change the password");
    await page.fill("[name=current]", "wrong horse battery");
    await page.fill("[name=password]", "another horse battery");
    await page.click("text='Change it'");
    await page.waitForSelector("text=The current password is wrong.");
    await page.fill("[name=current]", PASSWORD);
    await page.click("text='Change it'");
    expect(await said(page)).toBe("Your password is changed. Your other sessions are ended.");
  });

  test("Account signs out everywhere", async () => {
    const person = await pages.person();
    const { page } = await pages.open("/account", { person });
    await page.click("text=Sign out everywhere");
    await page.click("dialog .grave");
    await page.waitForURL(`${pages.origin}/sign-in`);
    expect((await person.browser.post("token", {})).status).toBe(401);
  });

  test("Account gives everything away as a file, and erases everything once the address is typed", async () => {
    const person = await pages.person();
    const { page } = await pages.open("/account", { person });
    const [file] = await Promise.all([page.waitForEvent("download"), page.click("text=Export everything")]);
    expect(file.suggestedFilename()).toMatch(/^heartwire-.*\.json$/);
    expect(await Bun.file(await file.path()).text()).toContain(person.email);
    await page.click("text=Erase my account");
    await page.fill("[name=email]", "somebody@example.org");
    await page.click("text='Erase everything'");
    await page.waitForSelector("form:has([name=email]) [role=alert] p");
    await page.fill("[name=email]", person.email);
    await page.click("text='Erase everything'");
    await page.waitForURL(`${pages.origin}/sign-in#erased`);
    await page.getByText("Your account is erased").waitFor();
    expect((await person.browser.post("token", {})).status).toBe(401);
  });

  test("Activity tells in words what happened, newest first, under its day", async () => {
    const person = await pages.person();
    const scopes = ["data:heart_rate:read"];
    await pages.api(person, "POST", "/account/tokens", { name: "Watch", scopes });
    const { page } = await pages.open("/activity", { person });
    expect(await page.textContent("h2")).toBe("Today");
    const entries = await page.locator(".entry p:first-child").allTextContents();
    expect(entries[0]).toBe("The token “Watch” was made.");
    expect(entries.at(-1)).toBe("Your account was made.");
    expect(await page.textContent(".entry .quiet")).toContain("From 127.0.0.1");
  });

  test("has a skip link first, says where one is, and has a title of its own", async () => {
    const person = await pages.person();
    for (const [path, title] of [
      ["/apps", "My apps"],
      ["/tokens", "Tokens"],
      ["/developer", "Developer"],
      ["/account", "Account"],
      ["/activity", "Activity"],
    ] as const) {
      const { page } = await pages.open(path, { person });
      expect(await page.title()).toBe(`${title} – Heartwire`);
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      expect(await page.evaluate("document.activeElement.id")).toBe("main");
      expect(await page.locator("nav [aria-current=page]").getAttribute("href")).toBe(path);
    }
  });

  test("says that the server does not answer, and tries again", async () => {
    const { page } = await pages.open("/apps", { person: await pages.person() });
    const lost = "**/account/tokens";
    await page.route(lost, (route) => route.abort());
    await page.goto(`${pages.origin}/tokens`);
    await page.waitForSelector("[role=alert]:has-text('The server does not answer.')");
    await page.unroute(lost);
    await page.click("button:has-text('Try again')");
    await page.waitForSelector("text=You have no tokens.");
  });
}
