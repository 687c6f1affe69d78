import { bearerUse, type Operation } from "../../../src/api/operation.ts";
import { APP_PAGES } from "../../../src/api/pages/appPage.ts";
import type { Scope } from "../../../src/domain/scopes.ts";
import { SCOPES } from "../../../src/domain/scopes.ts";
import { freePort } from "../freePort.ts";
import { bearer } from "../requests.ts";
import { startTestServer, type TestServer, write } from "../server.ts";
import { CHEAP_PASSWORDS } from "../session/browser.ts";
import { OutsideProviderProcess } from "../session/outsideProvider.ts";
import { type SignedInPerson, signIn } from "../signedIn.ts";
import { accountRecipes } from "./accountRecipes.ts";
import { oauthRecipes } from "./oauthRecipes.ts";
import { sessionRecipes } from "./sessionRecipes.ts";

/** What a described operation is asked with so that it answers well. */
export interface Recipe {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Of `application/x-www-form-urlencoded`, in place of a JSON body. */
  readonly form?: Readonly<Record<string, string>>;
  /** With which token it is asked, where it is another one than the operation's usual one. */
  readonly token?: string;
}

/** A server on which every operation has something to answer with, and a user whose token may do everything. */
export interface FurnishedServer {
  readonly server: TestServer;
  readonly token: string;
  /** The same user, signed in on a page. */
  readonly page: SignedInPerson;
  /** One recipe for every operation, by its name; made anew for each use, since some use something up. */
  readonly recipeFor: (operation: string) => Promise<readonly Recipe[]>;
}

/** Makes recipes for one operation. */
export type Recipes = () => Promise<readonly Recipe[]>;
/** Whoever asks wrongly so often as these tests do would be made to wait. */
const PATIENT = {
  accountAttemptsFree: 1_000,
  senderAttemptsFree: 1_000,
  codeAttemptsFree: 1_000,
  signUpsFree: 1_000,
};

const EVERYTHING: readonly Scope[] = SCOPES;
const ROOMS = "/api/heartwire/v1/rooms";

export async function furnish(): Promise<FurnishedServer> {
  const limits = {
    roomsMax: 1_000,
    roomMembershipsMax: 1_000,
    widgetsMax: 1_000,
    tokensMax: 1_000,
    clientsMax: 1_000,
    deviceRequestsPerMinuteMax: 10_000,
    revocationsPerMinuteMax: 10_000,
    tokensPerMinuteMax: 10_000,
    accountChangesPerMinuteMax: 10_000,
    signInsPerMinuteMax: 10_000,
    ...PATIENT,
  };
  const port = freePort();
  const provider = await OutsideProviderProcess.start(`http://127.0.0.1:${port}`);
  const started = await startTestServer({
    limits,
    environment: { HEARTWIRE_PORT: String(port), ...provider.environment },
    passwordCost: CHEAP_PASSWORDS,
  });
  const server: TestServer = {
    ...started,
    async [Symbol.asyncDispose]() {
      await started[Symbol.asyncDispose]();
      await provider[Symbol.asyncDispose]();
    },
  };
  const token = await server.token(EVERYTHING, { user: "anna" });
  const page = await signIn(server, { user: "anna", email: "anna@example.org" });
  const ben = await server.token(EVERYTHING, { user: "ben" });
  await write(server.origin, token, Date.now(), 72);
  const call = async (as: string, path: string, method: string, body?: unknown) => {
    const response = await fetch(`${server.origin}${path}`, {
      method,
      headers: { authorization: `Bearer ${as}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok)
      throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as never;
  };
  const newRoom = async (owner = token) => {
    const { room } = await call(owner, ROOMS, "POST", { config: { name: "Race" } });
    return (room as { readonly room_id: string }).room_id;
  };
  const invited = async () => {
    const { invitation } = await call(ben, `${ROOMS}/${await newRoom(ben)}/invitations`, "POST", {});
    return (invitation as { readonly code: string }).code;
  };
  const withRoom = async (more: Recipe = {}): Promise<readonly Recipe[]> => [
    { ...more, parameters: { roomId: await newRoom(), profileId: "me", ...more.parameters } },
  ];
  const newWidgetId = async () => {
    const { widget } = await call(token, "/api/v1/widgets", "POST", {});
    return { id: (widget as { readonly id: string }).id };
  };
  // Under the name that pages of this machine have; under its address they lead there.
  const byName: Recipe = { headers: { host: `localhost:${new URL(server.origin).port}` } };
  const recipes: Readonly<Record<string, Recipes>> = {
    ...accountRecipes(server, page),
    writeHeartRate: async () => [{ body: { measured_at: Date.now(), data: { heart_rate: 75 } } }],
    getLatestHeartRate: async () => [{}, { query: "response_mode=text_plain_only_heart_rate" }],
    getWelcome: async () => [{ headers: { accept: "*/*" } }, { headers: { accept: "text/html" } }],
    createWidget: async () => [{ body: {} }],
    updateWidget: async () => [{ parameters: await newWidgetId(), body: { configuration: { a: 1 } } }],
    deleteWidget: async () => [{ parameters: await newWidgetId() }],
    openWidgetLink: async () => [{ parameters: await newWidgetId() }],
    closeWidgetLink: async () => [{ parameters: await newWidgetId() }],
    callRpc: async () => [
      {
        body: {
          jsonrpc: "2.0",
          method: "getWidget",
          params: { widgetId: (await newWidgetId()).id },
          id: "1",
        },
      },
      { body: { jsonrpc: "2.0", method: "getWidget", params: { widgetId: "none" }, id: null } },
    ],
    getWidgetFeed: async () => [{ parameters: await newWidgetId() }],
    getWidgetView: async () => [{ parameters: await newWidgetId() }],
    listenToWidget: async () => [{ parameters: await newWidgetId() }],
    getOverlay: async () => [{ parameters: await newWidgetId() }],
    getOverlayAlias: async () => [{ parameters: await newWidgetId() }],
    getOverlayAsset: async () => {
      const pages = [`/widget/view/${crypto.randomUUID()}`, "/sign-in"].map(async (path) =>
        (await fetch(`${server.origin}${path}`)).text(),
      );
      return [...(await Promise.all(pages)).join("").matchAll(/assets\/([^"]+)/g)].map(([, file = ""]) => ({
        parameters: { file },
      }));
    },
    ...Object.fromEntries(Object.values(APP_PAGES).map(({ id }) => [id, async () => [byName]])),
    getPulsoidPage: async () => [{ parameters: { page: "keys" } }],
    listenToRoom: () => withRoom(),
    createRoom: async () => [{ body: {} }, { body: { config: { color: "red" } } }],
    showRoom: () => withRoom(),
    deleteRoom: () => withRoom(),
    configureRoom: () => withRoom({ body: { config: { name: "Final" } } }),
    inviteToRoom: () => withRoom({ body: { expires_in: 3600 } }),
    withdrawInvitations: () => withRoom(),
    configureRoomMember: () => withRoom({ body: { config: { color: "red" } } }),
    joinRoom: async () => [{ body: { code: await invited() } }],
    ...sessionRecipes(server),
    removeRoomMember: async () => {
      const { room } = await call(token, `${ROOMS}/join`, "POST", { code: await invited() });
      const { room_id: roomId } = room as { readonly room_id: string };
      return [{ parameters: { roomId, profileId: "me" } }];
    },
  };
  Object.assign(recipes, oauthRecipes(server, page, byName));
  return { server, token, page, recipeFor: (operation) => (recipes[operation] ?? (async () => [{}]))() };
}

/** What a recipe is sent with: its body and headers, and the token that its operation asks for. */
export function requestOf(
  { token, page }: Pick<FurnishedServer, "token" | "page">,
  operation: Operation,
  recipe: Recipe,
): { readonly headers: Readonly<Record<string, string>>; readonly body?: string | URLSearchParams } {
  const usual = operation.token === "session" ? page.token : token;
  const use = bearerUse(operation.token);
  return {
    headers: { ...(use === undefined ? {} : bearer(recipe.token ?? usual)), ...recipe.headers },
    ...bodyOf(recipe),
  };
}

/** JSON or a form, as a client sends it. */
export function bodyOf({ body, form }: Recipe): { readonly body?: string | URLSearchParams } {
  if (form !== undefined) return { body: new URLSearchParams(form) };
  return body === undefined ? {} : { body: JSON.stringify(body) };
}
