import type { TestServer } from "../server.ts";
import { PASSWORD, PageBrowser } from "../session/browser.ts";
import { addPasskey, makeLink, newAccount } from "../session/people.ts";
import { SoftAuthenticator } from "../session/softAuthenticator.ts";
import type { Recipe } from "./recipes.ts";

/** How the operations of signing in are asked so that they answer well. */
export function sessionRecipes(
  server: TestServer,
): Readonly<Record<string, () => Promise<readonly Recipe[]>>> {
  const { origin } = server;
  const page = { origin, "content-type": "application/json" };
  const as = ({ cookie }: PageBrowser, body?: unknown): readonly Recipe[] => [
    { headers: { ...page, cookie }, ...(body === undefined ? {} : { body }) },
  ];
  const asNobody = (body?: unknown): readonly Recipe[] => as(new PageBrowser(origin), body);
  const asSomebody = async (body?: unknown) => as((await newAccount(server)).browser, body);
  const challenged = async (browser: PageBrowser, path: string) =>
    (await (await browser.post(path)).json()) as { readonly challenge: string };
  return {
    signIn: async () => asNobody({ email: (await newAccount(server)).email, password: PASSWORD }),
    signUp: async () => {
      const code = await makeLink(server, "invitation");
      return asNobody({ email: `${crypto.randomUUID()}@example.org`, password: PASSWORD, name: "New", code });
    },
    lookAtLink: async () => asNobody({ code: await makeLink(server, "invitation") }),
    resetPassword: async () => {
      const { email } = await newAccount(server);
      const person = (await server.server.storage.directory.people.findByEmail(email))?.id as string;
      return asNobody({ code: await makeLink(server, "reset", { person }), password: "another password" });
    },
    getPageToken: () => asSomebody(),
    signOut: () => asSomebody(),
    changePassword: () => asSomebody({ current: PASSWORD, password: "another password" }),
    askForPasskey: async () => asNobody(),
    signInByPasskey: async () => {
      const authenticator = await addPasskey((await newAccount(server)).browser, origin);
      const browser = new PageBrowser(origin);
      const options = await challenged(browser, "passkey/options");
      return as(browser, { response: authenticator.signIn(options, { origin }) });
    },
    askForNewPasskey: () => asSomebody(),
    addPasskey: async () => {
      const { browser } = await newAccount(server);
      const options = await challenged(browser, "passkey/new-options");
      return as(browser, {
        name: "phone",
        response: new SoftAuthenticator().register(options, { origin }),
      });
    },
    startOutsideSignIn: async () => asNobody({ continue: "/account" }),
  };
}
