import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Page } from "playwright-core";
import { type AppPerson, appPages, settled } from "../../support/app/appPages.ts";
import { findBrowser } from "../../support/browser.ts";

/** Letting apps and devices in, in a real browser. */
setDefaultTimeout(30_000);
const program = findBrowser();
if (program !== undefined) {
  describe("an app that asks", () => testConsent(program));
  describe("a device that asks", () => testDevices(program));
}

const UUID_PATTERN = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/** What the two buttons may be pressed for; "Allow" rests for a moment first. */
const ARMED = ".decision .main[aria-disabled=false]";

function testConsent(executablePath: string): void {
  const pages = appPages(executablePath);
  const answers: URL[] = [];
  let app: ReturnType<typeof Bun.serve>;
  beforeAll(() => {
    app = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch(request) {
        answers.push(new URL(request.url));
        return new Response("<title>The app</title>", { headers: { "content-type": "text/html" } });
      },
    });
  });
  afterAll(() => app.stop(true));

  const callback = () => `http://127.0.0.1:${app.port}/callback`;

  /** Registers an app of a developer, and gives the address that it opens. */
  async function asking(fields: Readonly<Record<string, string>> = {}, name = "Pulse Overlay") {
    const { client } = await pages.api<{ client: { client_id: string } }>(
      await pages.person("Dev"),
      "POST",
      "/account/clients",
      { name, redirect_uris: ["http://127.0.0.1/callback"], confidential: false, implicit: true },
    );
    const query = new URLSearchParams({
      response_type: "code",
      client_id: client.client_id,
      redirect_uri: callback(),
      scope: "data:heart_rate:read profile:read",
      state: crypto.randomUUID(),
      code_challenge: CHALLENGE,
      code_challenge_method: "S256",
      ...fields,
    });
    return { clientId: client.client_id, state: query.get("state"), path: `/oauth2/authorize?${query}` };
  }

  /** Of an app that nobody registered, as apps made for Pulsoid open it. */
  const unknown = (clientId: string) =>
    `/oauth2/authorize?response_type=token&response_mode=web_page&redirect_uri=&state=&client_id=${clientId}&scope=data:heart_rate:read,data:heart_rate:write`;

  const appsOf = async (person: AppPerson) =>
    (await pages.api<{ apps: { client_id: string }[] }>(person, "GET", "/account/apps")).apps;

  test("is shown with what it may do, what it may not, for how long, and where the answer goes", async () => {
    const person = await pages.person();
    const { clientId, path } = await asking();
    const { page, complaints } = await pages.open(path, { person });
    expect(await page.title()).toBe("Allow Pulse Overlay? – Heartwire");
    const words = (await page.innerText("main")).replaceAll(/\s+/g, " ");
    expect(words).toContain(`Signed in as Anna Berger (${person.email})`);
    expect(words).toContain(clientId);
    expect(words).toMatch(/Registered since \d+ \w+ \d{4}\. You have not allowed it before\./);
    expect(await page.locator(".scopes strong").allTextContents()).toEqual([
      "See your heart rate live",
      "See your profile",
    ]);
    const refused = await page.locator(".refusals li").allTextContents();
    expect(refused).toContain("Send heart rates as yours");
    expect(refused).not.toContain("See your name or your e-mail address");
    expect(words).toContain("Until you disconnect it. Its access is renewed every hour.");
    expect(words).toContain(`To a program on this computer: 127.0.0.1:${app.port}`);
    expect(complaints).toEqual([]);
  });

  test("is allowed by keyboard alone; Enter on opening gives nothing away, nor does a press too soon", async () => {
    const person = await pages.person();
    const { path, state } = await asking();
    const { page } = await pages.open(path, { person });
    await page.keyboard.press("Enter");
    await page.keyboard.press("Space");
    const order: string[] = [];
    for (let presses = 0; presses < 10 && order.at(-1) !== "Allow"; presses++) {
      await page.keyboard.press("Tab");
      order.push(await page.evaluate<string>("document.activeElement.textContent"));
    }
    expect(order).toEqual(["Use another account", "Cancel", "Allow"]);
    expect(await appsOf(person)).toEqual([]);
    await page.waitForSelector(ARMED);
    await page.keyboard.press("Enter");
    await page.waitForURL(`${callback()}**`);
    const answer = answers.find(({ searchParams }) => searchParams.get("state") === state);
    expect(answer?.searchParams.get("code")).toMatch(UUID_PATTERN);
    expect(answer?.searchParams.get("iss")).toBe(pages.origin);
    await page.goBack();
    expect(page.url()).not.toContain("/oauth2/authorize");
  });

  test("gets nothing from a click that comes before the page could be read, or while another window is in front", async () => {
    const person = await pages.person();
    const { path } = await asking();
    const { page } = await pages.open(path, { person });
    await page.waitForSelector(ARMED);
    // Windows change under the pointer between the two clicks of a double click.
    await page.evaluate("dispatchEvent(new Event('blur')); dispatchEvent(new Event('focus'))");
    await page.locator(".decision .main").dispatchEvent("click");
    expect(await page.locator(".decision .main").getAttribute("aria-disabled")).toBe("true");
    expect(await appsOf(person)).toEqual([]);
    await page.waitForSelector(ARMED);
  });

  test("is told that it is not allowed when the person cancels", async () => {
    const person = await pages.person();
    const { path, state } = await asking();
    const { page } = await pages.open(path, { person });
    await page.click(".decision >> text='Cancel'");
    await page.waitForURL(`${callback()}**`);
    const answer = answers.find(({ searchParams }) => searchParams.get("state") === state);
    expect(answer?.searchParams.get("error")).toBe("access_denied");
    expect(await appsOf(person)).toEqual([]);
  });

  test("leads through signing in and back to the question, and lets somebody else answer", async () => {
    const [anna, ben] = [await pages.person(), await pages.person("Ben")];
    const { path } = await asking();
    const { page } = await pages.open(path, { person: anna });
    await page.click("text=Use another account");
    await page.waitForURL((url) => url.pathname === "/sign-in");
    await settled(page);
    await page.fill("[name=email]", ben.email);
    await page.fill("[name=password]", "correct horse battery");
    await page.click("form .main");
    await page.waitForURL(`${pages.origin}${path}`);
    await settled(page);
    expect(await page.textContent(".answerer")).toContain("Signed in as Ben");
  });

  test("that nobody registered is said not to be verified, and its token is shown once, for as long as the page is open", async () => {
    const person = await pages.person();
    const clientId = crypto.randomUUID();
    const { page, asked } = await pages.open(unknown(clientId), { person });
    expect(await page.textContent("[role=note]")).toContain("Not verified by this server.");
    await page.waitForSelector(ARMED);
    await page.click(ARMED);
    await page.waitForSelector(".once");
    const token = (await page.textContent(".once code")) ?? "";
    expect(token).toMatch(UUID_PATTERN);
    expect(await page.textContent(".once")).toContain("You will not see this again.");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Token");
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.click(".copy button");
    await page.waitForSelector(".copied:has-text('Copied')");
    expect(await page.evaluate<string>("navigator.clipboard.readText()")).toBe(token);
    expect(asked.filter((one) => one.includes(token))).toEqual([]);
    await expectNothingKept(page, token);
    // As when somebody goes elsewhere, with the page kept by the browser to go back to.
    await page.evaluate("dispatchEvent(new Event('pagehide'))");
    await page.waitForSelector("h1:has-text('not shown any more')");
    expect(await page.content()).not.toContain(token);
    await page.goto(`${pages.origin}/apps`);
    await page.goBack();
    await settled(page);
    expect(await page.content()).not.toContain(token);
    expect((await appsOf(person)).map(({ client_id }) => client_id)).toEqual([clientId]);
  });

  test("and was allowed before is not said to lose what it has", async () => {
    const person = await pages.person();
    const { path } = await asking({ response_type: "token", code_challenge: "", code_challenge_method: "" });
    const { page } = await pages.open(path, { person });
    expect(await page.textContent("main")).toContain("It will not be able to");
    await page.waitForSelector(ARMED);
    await page.click(ARMED);
    await page.waitForURL(`${callback()}**`);
    await page.goto(`${pages.origin}${path}`);
    await settled(page);
    const words = await page.textContent("main");
    expect(words).toContain("What you allowed it before holds too, until you disconnect it under Apps.");
    expect(words).not.toContain("It will not be able to");
  });

  test("and is wrong is named in words, and nobody is sent anywhere", async () => {
    const { page } = await pages.open("/");
    await page.goto(`${pages.origin}/oauth2/authorize?response_type=code&client_id=x`);
    expect(await page.textContent("h1")).toBe("This app cannot be connected");
  });
}

async function expectNothingKept(page: Page, secret: string): Promise<void> {
  expect(page.url()).not.toContain(secret);
  expect(await page.evaluate("localStorage.length + sessionStorage.length + history.length")).toBeLessThan(3);
  expect(await page.evaluate<unknown>("history.state")).toBeNull();
}

function testDevices(executablePath: string): void {
  const pages = appPages(executablePath);

  async function device(): Promise<{ readonly code: string; readonly poll: () => Promise<object> }> {
    const clientId = crypto.randomUUID();
    const post = (path: string, fields: Record<string, string>) =>
      fetch(`${pages.origin}${path}`, { method: "POST", body: new URLSearchParams(fields) });
    const response = await post("/oauth2/device_authorization", {
      client_id: clientId,
      scope: "data:heart_rate:write",
    });
    const { device_code, user_code } = (await response.json()) as { device_code: string; user_code: string };
    const grant = { grant_type: "urn:ietf:params:oauth:grant-type:device_code", device_code };
    return {
      code: user_code,
      poll: async () =>
        (await (await post("/oauth2/token", { ...grant, client_id: clientId })).json()) as object,
    };
  }

  const PATH = "/oauth2/device_authorization_consent";

  test("shows its code, warns of one that somebody else sent, and is let in", async () => {
    const person = await pages.person();
    const { code, poll } = await device();
    const { page, complaints } = await pages.open(`${PATH}?user_code=${code}`, { person });
    expect(await page.textContent(".user-code")).toBe(code);
    const words = await page.innerText("main");
    expect(words).toContain("Did somebody send you this link or this code? Then cancel.");
    expect(words).toContain("Not verified by this server.");
    expect(words).toContain("For 1 year. Then it has to ask you again.");
    await page.waitForSelector(ARMED);
    await page.click(ARMED);
    await page.waitForSelector("h1:has-text('You can go back to your device')");
    expect(await page.evaluate("document.activeElement.tagName")).toBe("H1");
    expect(await poll()).toMatchObject({ token_type: "bearer" });
    expect(complaints).toEqual([]);
  });

  test("is not let in when the person cancels", async () => {
    const person = await pages.person();
    const { code, poll } = await device();
    const { page } = await pages.open(`${PATH}?user_code=${code}`, { person });
    await page.click(".decision >> text='Cancel'");
    await page.waitForSelector("h1:has-text('Not allowed')");
    expect(await poll()).toEqual({ error: "invalid_grant", error_description: "user didn't grant access" });
  });

  test("is found by a code that is typed in, which never comes into the address; a wrong one is told", async () => {
    const person = await pages.person();
    const { code } = await device();
    const { page } = await pages.open(PATH, { person });
    await page.fill("[name=code]", crypto.randomUUID());
    await page.keyboard.press("Enter");
    await page.waitForSelector("form [role=alert] p");
    expect(await page.inputValue("[name=code]")).not.toBe("");
    await page.fill("[name=code]", ` ${code.toUpperCase()} `);
    await page.keyboard.press("Enter");
    await page.waitForSelector(".user-code");
    expect(await page.textContent(".user-code")).toBe(code);
    expect(page.url()).toBe(`${pages.origin}${PATH}`);
  });

  test("a code that is over leads to the form, with what is wrong", async () => {
    const person = await pages.person();
    const { page } = await pages.open(`${PATH}?user_code=${crypto.randomUUID()}`, { person });
    expect(await page.innerText("main")).toContain("Start again on the device");
    expect(await page.locator("[name=code]").count()).toBe(1);
  });
}
