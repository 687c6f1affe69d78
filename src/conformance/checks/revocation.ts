import { area, type Need } from "../check.ts";
import type { Answer } from "../client/answer.ts";
import type { LiveSocket, SocketEnd } from "../client/liveSocket.ts";
import { expectError, expectSame, expectThat, Mismatch, shown } from "../expectations.ts";
import type { Kit } from "../kit.ts";
import { EXPIRING_TOKEN, hook, REVOCABLE_TOKEN } from "../needs.ts";
import { PATHS } from "../routes.ts";
import { roomPath } from "./rooms.ts";
import { askRpc, expectNoAddress } from "./widgetLink.ts";
import { makeWidget } from "./widgets.ts";

const SECTION = "5 GET /api/v1/data/real_time (tokens that end)";

/** How long a server may go on after a token has ended. */
export const WITHIN_MS = 1_000;

/** No close frame comes later than this in an orderly world; it is only waited for to say how late it was. */
const PATIENCE_MS = 5_000;

/** What a socket did when its token ended; undefined where none could be opened before. */
export interface Ended {
  readonly end: SocketEnd | undefined;
  /** How long after the token's end it was closed; less than 0 where the end was known by the second. */
  readonly afterMs: number;
}

/** What was seen when the token was revoked, which can be done only once. */
interface Revocation {
  readonly live: Ended;
  readonly room: Ended | undefined;
  readonly link: Ended | undefined;
  /** Answers from when the second was over. */
  readonly validate: Answer;
  readonly latest: Answer;
  readonly handshake: Answer;
  readonly rpc: Answer | undefined;
}

function opensLinks(kit: Kit): boolean {
  return kit.tokens.revocable?.scopes.includes("widgets:update") ?? false;
}

function seesRoom(kit: Kit): boolean {
  return kit.options.room !== undefined && (kit.tokens.revocable?.scopes.includes("data:room:read") ?? false);
}

/** @param sinceMs when the token ends, on the clock of `performance.now()` */
export async function endOf(socket: LiveSocket, sinceMs: number): Promise<Ended> {
  const patienceMs = Math.max(0, sinceMs - performance.now()) + PATIENCE_MS;
  const end = await socket.closed(patienceMs).catch(() => undefined);
  return { end, afterMs: end === undefined ? PATIENCE_MS : Math.round(end.atMs - sinceMs) };
}

function revocation(kit: Kit): Promise<Revocation> {
  return kit.once("revocation", async () => {
    const token = kit.tokens.revocable?.token ?? "";
    // Used before, so that a server that remembers tokens remembers this one.
    await kit.ask({ path: PATHS.latest, token });
    using live = await kit.listen({ path: PATHS.live, token });
    using room = seesRoom(kit) ? await kit.listen({ path: roomPath(kit.options.room), token }) : undefined;
    const widgetId = opensLinks(kit) ? (await makeWidget(kit, token)).widget.id : undefined;
    using link = widgetId === undefined ? undefined : await kit.listen({ path: `/listen/${widgetId}` });
    await kit.runHook("revoke", kit.options.hooks?.revoke, { CONFORMANCE_TOKEN: token });
    const since = performance.now();
    const [ended, roomEnded, linkEnded] = await Promise.all([
      endOf(live, since),
      room && endOf(room, since),
      link && endOf(link, since),
    ]);
    await kit.pause(Math.max(0, since + WITHIN_MS - performance.now()));
    const handshake = await kit.handshake({ path: PATHS.live, token });
    handshake.socket?.[Symbol.dispose]();
    return {
      live: ended,
      room: roomEnded,
      link: linkEnded,
      validate: await kit.ask({ path: PATHS.validate, token }),
      latest: await kit.ask({ path: PATHS.latest, token }),
      handshake: handshake.answer,
      rpc: widgetId === undefined ? undefined : await askRpc(kit, widgetId),
    };
  });
}

export function expectEnd(ended: Ended | undefined): void {
  if (ended?.end === undefined) throw new Mismatch("the socket to be closed with 1008", "an open socket");
  expectSame(ended.end.code, 1008, "the close code ");
}

export function expectSoon(ended: Ended | undefined): void {
  if (ended?.end === undefined)
    throw new Mismatch("the socket to be closed within a second", "an open socket");
  expectThat(ended.afterMs <= WITHIN_MS, "the end within 1000 ms", `the end after ${ended.afterMs} ms`);
}

export const REVOKED = { status: 401, code: 7005, message: "token_not_found" } as const;

const IN_ROOM: Need = {
  words: "a --revocable-token that holds data:room:read, and --room",
  isMet: seesRoom,
};
const WITH_LINK: Need = { words: "a --revocable-token that holds widgets:update", isMet: opensLinks };

export const REVOCATION = area(
  "revocation",
  SECTION,
  [
    [
      "closes-live-socket",
      "A token that is revoked closes its open live sockets with 1008.",
      async (kit) => expectEnd((await revocation(kit)).live),
    ],
    [
      "closes-within-a-second",
      "A token that is revoked closes its open live sockets within one second.",
      async (kit) => expectSoon((await revocation(kit)).live),
    ],
    [
      "closes-room-socket",
      "A token that is revoked closes its open rooms sockets with 1008, within one second.",
      async (kit) => {
        const { room } = await revocation(kit);
        expectEnd(room);
        expectSoon(room);
      },
      { needs: [IN_ROOM] },
    ],
    [
      "closes-its-links",
      "The links that were opened by a token are closed when it is revoked: getWidget names no address.",
      async (kit) => expectNoAddress((await revocation(kit)).rpc),
      { needs: [WITH_LINK] },
    ],
    [
      "ends-listening-by-its-links",
      "Who listens by a link is closed, and not with 1000, when the token that opened it is revoked.",
      async (kit) => {
        const { link } = await revocation(kit);
        expectSoon(link);
        expectThat(link?.end?.code !== 1000, "a close code other than 1000", "1000");
      },
      { needs: [WITH_LINK] },
    ],
    [
      "validate-refused",
      "A revoked token is refused by token/validate with 401 and 7005 within one second.",
      async (kit) => expectError((await revocation(kit)).validate, REVOKED),
    ],
    [
      "latest-refused",
      "A revoked token is refused by the routes that it opened with 401 and 7005 within one second.",
      async (kit) => expectError((await revocation(kit)).latest, REVOKED),
    ],
    [
      "socket-refused",
      "A revoked token opens no new socket: 401 and 7005.",
      async (kit) => expectError((await revocation(kit)).handshake, REVOKED),
    ],
  ],
  [REVOCABLE_TOKEN, hook("revoke")],
);

/** A token's own end may be two minutes away. */
const EXPIRY_TIMEOUT_MS = 150_000;

/** What was seen when the token expired, which it does only once. */
interface Expiry {
  readonly live: Ended;
  readonly room: Ended | undefined;
  readonly validate: Answer;
}

function expiry(kit: Kit): Promise<Expiry> {
  return kit.once("expiry", async () => {
    const token = kit.tokens.expiring?.token ?? "";
    const answer = await kit.ask({ path: PATHS.validate, token });
    const left = Number((answer.json as { readonly expires_in?: unknown } | undefined)?.expires_in);
    expectThat(left > 0, "a token that has not expired yet", shown(answer));
    // expires_in is in whole seconds, so that the true end may be up to one later.
    const endsAt = performance.now() + (left + 1) * 1000;
    using live = await kit.listen({ path: PATHS.live, token });
    using room = expiresInRoom(kit)
      ? await kit.listen({ path: roomPath(kit.options.room), token })
      : undefined;
    const [ended, roomEnded] = await Promise.all([endOf(live, endsAt), room && endOf(room, endsAt)]);
    return { live: ended, room: roomEnded, validate: await kit.ask({ path: PATHS.validate, token }) };
  });
}

function expiresInRoom(kit: Kit): boolean {
  return kit.options.room !== undefined && (kit.tokens.expiring?.scopes.includes("data:room:read") ?? false);
}

const EXPIRES_IN_ROOM: Need = {
  words: "an --expiring-token that holds data:room:read, and --room",
  isMet: expiresInRoom,
};

export const EXPIRY = area("expiry", SECTION, [
  [
    "closes-live-socket",
    "A token that expires closes its open live sockets with 1008 within one second.",
    async (kit) => {
      const { live, validate } = await expiry(kit);
      expectEnd(live);
      expectSoon(live);
      expectError(validate, { status: 401, code: 7006 });
    },
    { needs: [EXPIRING_TOKEN], isSlow: true, timeoutMs: EXPIRY_TIMEOUT_MS },
  ],
  [
    "closes-room-socket",
    "A token that expires closes its open rooms sockets with 1008 within one second.",
    async (kit) => {
      const { room } = await expiry(kit);
      expectEnd(room);
      expectSoon(room);
    },
    { needs: [EXPIRING_TOKEN, EXPIRES_IN_ROOM], isSlow: true, timeoutMs: EXPIRY_TIMEOUT_MS },
  ],
]);
