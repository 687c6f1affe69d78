import { askAccount, connect, newClient, readAccount } from "../account.ts";
import type { TestServer } from "../server.ts";
import { type SignedInPerson, signIn } from "../signedIn.ts";
import type { Recipes } from "./recipes.ts";

/** Recipes of what somebody who is signed in does with their account. */
export function accountRecipes(server: TestServer, page: SignedInPerson): Readonly<Record<string, Recipes>> {
  const tables = () => server.server.storage.directory.people.database.db;
  const now = () => new Date().toISOString();
  const addPasskey = async (person: string) => {
    const id = crypto.randomUUID();
    const row = { public_key: "key", credential_id: crypto.randomUUID(), counter: 0, device_type: "x" };
    await tables()
      .insertInto("passkey")
      .values({ id, ...row, person_id: person, backed_up: 0, created_at: now() })
      .execute();
    return id;
  };
  const addOutside = async (person: string) => {
    const row = { account_id: "x", provider_id: "outside", created_at: now(), updated_at: now() };
    await tables()
      .insertInto("sign_in_method")
      .values({ id: crypto.randomUUID(), person_id: person, ...row })
      .execute();
  };
  const addSession = async () => {
    const id = crypto.randomUUID();
    const times = { expires_at: now(), created_at: now(), updated_at: now() };
    await tables()
      .insertInto("sign_in_session")
      .values({ id, token: crypto.randomUUID(), person_id: page.person, ...times })
      .execute();
    return id;
  };
  const ownClient = async () => ({ clientId: (await newClient(server, { owner: page })).publicId });
  const confidential = async () => {
    const body = { name: "Server", redirect_uris: [], confidential: true };
    const path = "/clients";
    const made = await readAccount<{ client: { client_id: string } }>(server, page.token, path, "POST", body);
    return { clientId: made.client.client_id };
  };
  const app = async (pins: boolean) => {
    const client = await newClient(server, { adopted: true });
    await connect(server, page, client);
    const { clients } = server.server.storage.directory;
    if (pins) await clients.pin(client.id, page.profile.id, "ab", Date.now() as never);
    return { clientId: client.publicId };
  };
  return {
    showAccount: async () => {
      await addPasskey(page.person);
      await addOutside(page.person);
      return [{}];
    },
    changeDetails: async () => [{ body: { username: "runner", weight_kilograms: 68.5, sex: "female" } }],
    // Whoever signs out everywhere, or is erased, is of no use to the next recipe.
    signOutEverywhere: async () => [{ token: (await signIn(server)).token }],
    eraseAccount: async () => {
      const { token, email } = await signIn(server);
      return [{ token, body: { email } }];
    },
    endSession: async () => [{ parameters: { id: await addSession() } }],
    removePasskey: async () => {
      await addOutside(page.person);
      return [{ parameters: { id: await addPasskey(page.person) } }];
    },
    unlinkOutsideSignIn: async () => {
      const { token, person } = await signIn(server);
      await addOutside(person);
      await addPasskey(person);
      return [{ token }];
    },
    makeToken: async () => [
      { body: { name: "Strap", scopes: ["data:heart_rate:write"] } },
      { body: { name: "Watch", scopes: ["data:heart_rate:read"], expires_in: 3_600 } },
    ],
    revokeToken: async () => {
      const body = { name: "Strap", scopes: ["data:heart_rate:write"] };
      const { id } = await readAccount<{ id: number }>(server, page.token, "/tokens", "POST", body);
      return [{ parameters: { id: String(id) } }];
    },
    listApps: async () => {
      await app(true);
      return [{}];
    },
    disconnectApp: async () => [{ parameters: await app(false) }],
    resetPinnedSecret: async () => [{ parameters: await app(true) }],
    registerClient: async () => [
      { body: { name: "Zones", redirect_uris: ["https://zones.example/callback"], confidential: true } },
      { body: { name: "Strap" } },
    ],
    changeClient: async () => [{ parameters: await ownClient(), body: { name: "Better", implicit: true } }],
    deleteClient: async () => [{ parameters: await ownClient() }],
    rotateClientSecret: async () => [{ parameters: await confidential() }],
    listActivity: async () => {
      await askAccount(server, page.token, "POST", "/clients", { name: "Zones" });
      return [{}, { query: "count=1" }];
    },
  };
}
