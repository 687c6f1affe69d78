import { beginDevice } from "../oauth/devices.ts";
import {
  authorizationQuery,
  CALLBACK,
  credentialsOf,
  HEART_SCOPES,
  newClient,
  newCode,
  redeem,
} from "../oauth/flows.ts";
import type { TestServer } from "../server.ts";
import type { SignedInPerson } from "../signedIn.ts";
import type { Recipe } from "./recipes.ts";

/** What the routes of the authorization server are asked with. */
export function oauthRecipes(
  server: TestServer,
  page: SignedInPerson,
  /** What a page is asked with, under the name that pages of this machine have. */
  byName: Recipe,
): Readonly<Record<string, () => Promise<readonly Recipe[]>>> {
  const asked = async (more: Readonly<Record<string, string>> = {}) => {
    const client = await newClient(server, { implicit: true });
    return authorizationQuery({
      response_type: "code",
      client_id: client.publicId,
      redirect_uri: CALLBACK,
      scope: HEART_SCOPES,
      ...more,
    });
  };
  const onPage = () => asked({ response_type: "token", response_mode: "web_page", redirect_uri: "" });
  const waiting = async () => (await beginDevice(server, (await newClient(server)).publicId)).user_code;
  const connected = async () => {
    const client = await newClient(server);
    const { body } = await redeem(server, client, await newCode(server, page, client));
    return { client, body };
  };
  return {
    authorize: async () => [{ ...byName, query: await asked() }],
    getDeviceConsent: async () => [{ ...byName, query: `user_code=${await waiting()}` }],
    getToken: async () => {
      const [client, { client: other, body }] = [await newClient(server), await connected()];
      const code = await newCode(server, page, client);
      return [
        { form: formOf({ grant_type: "client_credentials", ...credentialsOf(client) }) },
        {
          form: formOf({
            grant_type: "authorization_code",
            code,
            redirect_uri: CALLBACK,
            ...credentialsOf(client),
          }),
        },
        {
          form: formOf({
            grant_type: "refresh_token",
            refresh_token: body.refresh_token,
            ...credentialsOf(other),
          }),
        },
      ];
    },
    endToken: async () => [{ form: { token: (await connected()).body.access_token } }],
    introspectToken: async () => {
      const { client, body } = await connected();
      return [body.access_token, body.refresh_token, "x"].map((token) => ({
        form: formOf({ token, ...credentialsOf(client) }),
      }));
    },
    beginDevice: async () => [
      { form: { client_id: (await newClient(server)).publicId, scope: HEART_SCOPES } },
    ],
    lookAtAuthorization: async () => [
      { body: { query: await asked() } },
      { body: { query: await onPage() } },
    ],
    decideAuthorization: async () => [
      { body: { query: await asked(), allow: true } },
      { body: { query: await asked(), allow: false } },
      { body: { query: await onPage(), allow: true } },
      { body: { query: await onPage(), allow: false } },
    ],
    lookAtDevice: async () => [{ body: { user_code: await waiting() } }],
    decideDevice: async () => [{ body: { user_code: await waiting(), allow: true } }],
  };
}

function formOf(fields: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined) as [string, string][],
  );
}
