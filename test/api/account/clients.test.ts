import { describe, expect, test } from "bun:test";
import { hashToken } from "../../../src/auth/tokens.ts";
import { isUuid } from "../../../src/domain/uuid.ts";
import type { Client } from "../../../src/storage/clients.ts";
import { askAccount, connect, kindsOf, readAccount } from "../../support/account.ts";
import { expectError, TOKEN_ERRORS } from "../../support/answers.ts";
import { Listener } from "../../support/listener.ts";
import { startTestServer, type TestServer, write } from "../../support/server.ts";
import { sharedServer } from "../../support/sharedServer.ts";
import { signIn } from "../../support/signedIn.ts";

const shared = sharedServer();

interface ClientAnswer {
  readonly client_id: string;
  readonly name: string;
  readonly confidential: boolean;
  readonly redirect_uris: readonly string[];
  readonly implicit: boolean;
  readonly created_at: number;
}

interface Registered {
  readonly client: ClientAnswer;
  readonly client_secret: string | null;
}

const WEB = { name: "Zones", redirect_uris: ["https://zones.example/callback"], confidential: true };

const register = (page: string, body: object = WEB, server: TestServer = shared()) =>
  readAccount<Registered>(server, page, "/clients", "POST", body);
const list = async (page: string) =>
  (await readAccount<{ clients: readonly ClientAnswer[] }>(shared(), page, "/clients")).clients;
const stored = async (clientId: string) =>
  (await shared().server.storage.directory.clients.find(clientId)) as Client;

describe("registering an app", () => {
  test("gives a confidential one an id and a secret, of which only the SHA-256 is kept", async () => {
    const anna = await signIn(shared());
    const { client, client_secret: secret } = await register(anna.token);
    expect(client).toEqual({
      ...WEB,
      client_id: expect.any(String) as never,
      implicit: false,
      created_at: expect.any(Number) as never,
    });
    expect([client.client_id, secret].every((text) => isUuid(text ?? ""))).toBe(true);
    expect((await stored(client.client_id)).secretHash).toBe(hashToken(secret as string));
    expect(await list(anna.token)).toEqual([client]);
    expect(await kindsOf(shared(), anna.token)).toEqual(["client_registered"]);
  });

  test("gives a public one no secret", async () => {
    const { token } = await signIn(shared());
    const { client, client_secret: secret } = await register(token, { name: "Strap", implicit: true });
    expect(secret).toBeNull();
    expect(client).toMatchObject({ confidential: false, redirect_uris: [], implicit: true });
  });

  test("is refused with the field that is wrong", async () => {
    const { token } = await signIn(shared());
    const wrong: readonly [object, RegExp][] = [
      [{}, /^name: /],
      [{ ...WEB, name: "x".repeat(101) }, /^name: /],
      [{ ...WEB, redirect_uris: "https://zones.example/" }, /^redirect_uris: /],
      [{ ...WEB, redirect_uris: ["https://a.example/", "http://zones.example/"] }, /^redirect_uris\.1: /],
      [{ ...WEB, redirect_uris: ["https://a.example/#x"] }, /^redirect_uris\.0: .*fragment/],
      [{ ...WEB, redirect_uris: ["javascript:alert(1)"] }, /^redirect_uris\.0: /],
      [{ ...WEB, redirect_uris: ["https://a.example/", "https://a.example/"] }, /^redirect_uris\.1: /],
      [{ ...WEB, confidential: "yes" }, /^confidential: /],
      [{ ...WEB, implicit: 1 }, /^implicit: /],
    ];
    for (const [body, message] of wrong) {
      const response = await askAccount(shared(), token, "POST", "/clients", body);
      expect(response.status).toBe(400);
      expect(((await response.json()) as { error_message: string }).error_message).toMatch(message);
    }
    expect(await list(token)).toEqual([]);
  });

  test("takes as many addresses as redirectAddressesMax, and not one more", async () => {
    await using server = await startTestServer({ limits: { redirectAddressesMax: 2 } });
    const { token } = await signIn(server);
    const addresses = (count: number) =>
      Array.from({ length: count }, (_, place) => `https://zones.example/${place}`);
    const { client } = await register(token, { name: "Zones", redirect_uris: addresses(2) }, server);
    const answers = [
      await askAccount(server, token, "POST", "/clients", { name: "Zones", redirect_uris: addresses(3) }),
      await askAccount(server, token, "PUT", `/clients/${client.client_id}`, { redirect_uris: addresses(3) }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 400]);
  });

  test("works up to clientsMax, and once more when one is deleted", async () => {
    await using server = await startTestServer({ limits: { clientsMax: 2 } });
    const { token } = await signIn(server);
    const ask = () => askAccount(server, token, "POST", "/clients", WEB);
    const answers = await Promise.all([ask(), ask(), ask()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 409]);
    const made = answers.find(({ status }) => status === 200) as Response;
    const { client } = (await made.json()) as Registered;
    expect((await askAccount(server, token, "DELETE", `/clients/${client.client_id}`)).status).toBe(204);
    expect((await ask()).status).toBe(200);
  });
});

describe("an app of one's own", () => {
  test("is changed in what is given, and keeps its id, its secret and its tokens", async () => {
    const [anna, ben] = [await signIn(shared()), await signIn(shared())];
    const { client, client_secret: secret } = await register(anna.token);
    const token = await connect(shared(), ben, await stored(client.client_id));
    const path = `/clients/${client.client_id}`;
    const redirect_uris = ["http://127.0.0.1/callback", "https://zones.example/new"];
    const changed = await readAccount(shared(), anna.token, path, "PUT", { redirect_uris, implicit: true });
    expect(changed).toEqual({ client: { ...client, redirect_uris, implicit: true } });
    expect((await stored(client.client_id)).secretHash).toBe(hashToken(secret as string));
    expect((await write(shared().origin, token, 1, 60)).status).toBe(200);
    await readAccount(shared(), anna.token, path, "PUT", { name: "Better zones" });
    expect(await list(anna.token)).toEqual([
      { ...client, name: "Better zones", redirect_uris, implicit: true },
    ]);
  });

  test("is given another secret: the old one is forgotten, and tokens that were given out stay", async () => {
    const [anna, ben] = [await signIn(shared()), await signIn(shared())];
    const { client, client_secret: old } = await register(anna.token);
    const token = await connect(shared(), ben, await stored(client.client_id));
    const path = `/clients/${client.client_id}/secret`;
    const { client_secret: secret } = await readAccount<{ client_secret: string }>(
      shared(),
      anna.token,
      path,
      "POST",
    );
    expect(secret).not.toBe(old as string);
    expect((await stored(client.client_id)).secretHash).toBe(hashToken(secret));
    expect((await write(shared().origin, token, 1, 60)).status).toBe(200);
    expect(await kindsOf(shared(), anna.token)).toEqual(["client_secret_rotated", "client_registered"]);
  });

  test("without a secret is given none", async () => {
    const { token } = await signIn(shared());
    const { client } = await register(token, { name: "Strap" });
    expect((await askAccount(shared(), token, "POST", `/clients/${client.client_id}/secret`)).status).toBe(
      409,
    );
  });

  test("ends with all that anybody allowed it when it is deleted, sockets within a second", async () => {
    const [anna, ben] = [await signIn(shared()), await signIn(shared())];
    const { client } = await register(anna.token);
    const token = await connect(shared(), ben, await stored(client.client_id));
    using socket = await Listener.open(shared().origin, token);
    const askedAt = Date.now();
    const path = `/clients/${client.client_id}`;
    expect((await askAccount(shared(), anna.token, "DELETE", path)).status).toBe(204);
    await expectError(await write(shared().origin, token, 1, 60), TOKEN_ERRORS.unknown);
    const { code, at } = await socket.closed;
    expect({ code, soon: at - askedAt < 1_000 }).toEqual({ code: 1008, soon: true });
    expect(await list(anna.token)).toEqual([]);
    expect(await kindsOf(shared(), anna.token)).toEqual(["client_deleted", "client_registered"]);
    expect(await kindsOf(shared(), ben.token)).toEqual(["app_disconnected"]);
  });

  test("is nobody else's to see, change, rotate or delete", async () => {
    const [anna, ben] = [await signIn(shared()), await signIn(shared())];
    const { client } = await register(anna.token);
    expect(await list(ben.token)).toEqual([]);
    for (const id of [client.client_id, crypto.randomUUID(), "x"]) {
      const answers = [
        await askAccount(shared(), ben.token, "PUT", `/clients/${id}`, { name: "Mine" }),
        await askAccount(shared(), ben.token, "DELETE", `/clients/${id}`),
        await askAccount(shared(), ben.token, "POST", `/clients/${id}/secret`),
      ];
      expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    }
    expect(await list(anna.token)).toEqual([client]);
  });
});
