import { describe, expect, test } from "bun:test";
import { hashInvitationCode } from "../../../src/auth/invitations.ts";
import type { EpochMs } from "../../../src/domain/reading.ts";
import { askAccount, connect, kindsOf, newClient, readAccount } from "../../support/account.ts";
import { expectError, TOKEN_ERRORS } from "../../support/answers.ts";
import { Listener } from "../../support/listener.ts";
import { bearer } from "../../support/requests.ts";
import { ROOMS } from "../../support/rooms.ts";
import { write } from "../../support/server.ts";
import { sharedServer } from "../../support/sharedServer.ts";
import { signIn } from "../../support/signedIn.ts";
import { newWidget } from "../../support/widgets.ts";

const shared = sharedServer();

interface Listed {
  readonly apps: readonly Readonly<Record<string, unknown>>[];
}

const list = async (page: string) => (await readAccount<Listed>(shared(), page, "/apps")).apps;

describe("the list of apps", () => {
  test("has each app once, with all that it may do and when it was allowed", async () => {
    const [anna, ben] = [await signIn(shared()), await signIn(shared())];
    const client = await newClient(shared(), { owner: ben });
    const now = Date.now();
    await connect(shared(), anna, client, ["data:heart_rate:write"], now - 2_000);
    await connect(shared(), anna, client, ["data:heart_rate:read"], now - 1_000);
    expect(await list(anna.token)).toEqual([
      {
        client_id: client.publicId,
        name: "Zone Watcher",
        verified: true,
        scopes: ["data:heart_rate:read", "data:heart_rate:write"],
        first_granted_at: now - 2_000,
        last_granted_at: now - 1_000,
        last_read_at: null,
        last_written_at: null,
        read_count: 0,
        write_count: 0,
        secret_pinned: false,
      },
    ]);
    expect(await list(ben.token)).toEqual([]);
  });

  test("says of an adopted app that nobody vouches for it, and whether it pinned a secret", async () => {
    const anna = await signIn(shared());
    const client = await newClient(shared(), { adopted: true, name: "Old plugin" });
    await connect(shared(), anna, client);
    await shared().server.storage.directory.clients.pin(client.id, anna.profile.id, "ab", 1 as EpochMs);
    expect(await list(anna.token)).toMatchObject([{ verified: false, secret_pinned: true }]);
    const reset = () => askAccount(shared(), anna.token, "DELETE", `/apps/${client.publicId}/secret`);
    expect((await reset()).status).toBe(204);
    expect((await reset()).status).toBe(404);
    expect(await list(anna.token)).toMatchObject([{ verified: false, secret_pinned: false }]);
    expect(await kindsOf(shared(), anna.token)).toEqual(["client_secret_reset"]);
  });

  test("leaves out an app that may do nothing any more", async () => {
    const anna = await signIn(shared());
    await connect(
      shared(),
      anna,
      await newClient(shared()),
      ["data:heart_rate:read"],
      Date.now() - 90_000_000,
    );
    expect(await list(anna.token)).toEqual([]);
  });
});

describe("disconnecting an app", () => {
  test("ends its tokens at once, and its sockets and those of its links within a second", async () => {
    const anna = await signIn(shared());
    const client = await newClient(shared());
    const token = await connect(shared(), anna, client, [
      "data:heart_rate:read",
      "data:heart_rate:write",
      "widgets:update",
    ]);
    const { id: widget } = await newWidget(shared(), token);
    using own = await Listener.open(shared().origin, token);
    using overlay = await Listener.openAt(`${shared().origin}/listen/${widget}`);
    const askedAt = Date.now();
    expect((await askAccount(shared(), anna.token, "DELETE", `/apps/${client.publicId}`)).status).toBe(204);
    await expectError(await write(shared().origin, token, 1, 60), TOKEN_ERRORS.unknown);
    for (const { closed } of [own, overlay]) {
      const { code, at } = await closed;
      expect({ code, soon: at - askedAt < 1_000 }).toEqual({ code: 1008, soon: true });
    }
    expect(await list(anna.token)).toEqual([]);
    expect(await kindsOf(shared(), anna.token)).toEqual(["app_disconnected"]);
  });

  test("ends the invitations that it made, and no other app, token or person", async () => {
    const [anna, ben] = [await signIn(shared()), await signIn(shared())];
    const [client, other] = [await newClient(shared()), await newClient(shared())];
    const scopes = ["data:heart_rate:read", "data:room:write", "data:heart_rate:write"] as const;
    const token = await connect(shared(), anna, client, scopes);
    const staying = [await connect(shared(), anna, other), await connect(shared(), ben, client)];
    const call = async (path: string, body: object) => {
      const init = { method: "POST", headers: bearer(token), body: JSON.stringify(body) };
      return (await fetch(`${shared().origin}${path}`, init)).json() as never;
    };
    const { room } = (await call(ROOMS, { config: {} })) as { room: { room_id: string } };
    const { invitation } = (await call(`${ROOMS}/${room.room_id}/invitations`, {})) as {
      invitation: { code: string };
    };
    await askAccount(shared(), anna.token, "DELETE", `/apps/${client.publicId}`);
    const joined = await shared().server.storage.directory.rooms.join({
      codeHash: hashInvitationCode(invitation.code) as string,
      profile: ben.profile.id,
      now: Date.now() as EpochMs,
      membersMax: 9,
      membershipsMax: 9,
    });
    expect(joined.outcome).toBe("invitation unknown");
    for (const held of staying) expect((await write(shared().origin, held, 1, 60)).status).toBe(200);
  });

  test("forgets the secret that it pinned, so that it may be allowed again", async () => {
    const anna = await signIn(shared());
    const { clients } = shared().server.storage.directory;
    const client = await newClient(shared(), { adopted: true });
    await connect(shared(), anna, client);
    await clients.pin(client.id, anna.profile.id, "ab", 1 as EpochMs);
    await askAccount(shared(), anna.token, "DELETE", `/apps/${client.publicId}`);
    expect(await clients.findPin(client.id, anna.profile.id)).toBeUndefined();
  });

  test("is 404 for one that is unknown, or was allowed nothing", async () => {
    const [anna, ben] = [await signIn(shared()), await signIn(shared())];
    const client = await newClient(shared());
    await connect(shared(), anna, client);
    for (const id of [client.publicId, crypto.randomUUID(), "x"]) {
      for (const path of [`/apps/${id}`, `/apps/${id}/secret`]) {
        expect((await askAccount(shared(), ben.token, "DELETE", path)).status).toBe(404);
      }
    }
    expect(await list(anna.token)).toHaveLength(1);
    expect(await kindsOf(shared(), ben.token)).toEqual([]);
  });
});
