import { describe, expect, test } from "bun:test";
import { sql } from "kysely";
import { beginDevice, decideDevice, lookAtDevice, poll } from "../../support/oauth/devices.ts";
import {
  allow,
  answerIn,
  askToken,
  asPage,
  authorizationQuery,
  CALLBACK,
  credentialsOf,
  HEART_SCOPES,
  LOOPBACK_CALLBACK,
  newClient,
  newCode,
  postForm,
  redeem,
  refresh,
  validated,
} from "../../support/oauth/flows.ts";
import { sharedServer } from "../../support/sharedServer.ts";
import { type SignedInPerson, signIn } from "../../support/signedIn.ts";

/** The control database fails in the middle of a flow: nothing was given, and the same request again is answered as if nothing had been. */
const shared = sharedServer();

/** What the database refuses to do, for as long as the work goes on. */
type Fault = readonly [event: "insert" | "update", table: string];

async function whileFailing<Result>([event, table]: Fault, work: () => Promise<Result>): Promise<Result> {
  const { db } = shared().server.storage.directory.people.database;
  await sql
    .raw(`create trigger fails before ${event} on ${table} begin select raise(abort, 'no more'); end`)
    .execute(db);
  try {
    return await work();
  } finally {
    await sql.raw("drop trigger fails").execute(db);
  }
}

const trailOf = async ({ profile }: SignedInPerson): Promise<readonly string[]> => {
  const entries = await shared().server.storage.directory.trail.read(profile.id, 20);
  return entries.map(({ kind }) => kind);
};

const appsOf = async ({ profile }: SignedInPerson) =>
  (await shared().server.storage.directory.grants.listApps(profile.id, shared().server.context.clock())).map(
    ({ grants }) => grants,
  );

const FAILED = {
  status: 500,
  body: { error: "server_error", error_description: "the server failed; try again" },
};

const INSERTS_OF_A_GRANT: readonly Fault[] = [
  ["insert", "app_grant"],
  ["insert", "access_token"],
  ["insert", "trail"],
];

describe("a code that cannot be redeemed", () => {
  const faults: readonly Fault[] = [
    ...INSERTS_OF_A_GRANT,
    ["update", "authorization_code"],
    ["insert", "refresh_token"],
  ];
  for (const fault of faults) {
    test(`(${fault.join(" ")}) is not used, and is redeemed afterwards`, async () => {
      const [client, person] = [await newClient(shared()), await signIn(shared())];
      const code = await newCode(shared(), person, client);
      expect(await whileFailing(fault, () => redeem(shared(), client, code))).toEqual(FAILED as never);
      expect(await appsOf(person)).toEqual([]);
      const { status, body } = await redeem(shared(), client, code);
      expect(status).toBe(200);
      expect((await validated(shared(), body.access_token)).status).toBe(200);
      expect(await appsOf(person)).toEqual([1]);
      expect(await trailOf(person)).toEqual(["token_made", "app_allowed"]);
    });
  }

  test("pins no secret of an adopted app, nor does it use the code up when another secret is pinned meanwhile", async () => {
    const person = await signIn(shared());
    const publicId = crypto.randomUUID();
    const redirect = { redirect_uri: LOOPBACK_CALLBACK };
    const app = { publicId, secret: "the app's" };
    const code = await newCode(shared(), person, app, redirect);
    for (const fault of [["insert", "client_pin"] as const, ...INSERTS_OF_A_GRANT]) {
      expect(await whileFailing(fault, () => redeem(shared(), app, code, redirect))).toEqual(FAILED as never);
    }
    const thief = { publicId, secret: "a thief's" };
    expect((await redeem(shared(), app, code, redirect)).status).toBe(200);
    const next = await newCode(shared(), person, app, redirect);
    expect((await redeem(shared(), thief, next, redirect)).status).toBe(401);
    expect((await redeem(shared(), app, next, redirect)).status).toBe(200);
    expect(await trailOf(person)).toEqual([
      "token_made",
      "app_allowed",
      "token_made",
      "client_secret_pinned",
      "app_allowed",
    ]);
  });
});

test("a refresh that fails leaves the old pair as it was", async () => {
  const [client, person] = [await newClient(shared()), await signIn(shared())];
  const { body: pair } = await redeem(shared(), client, await newCode(shared(), person, client));
  const faults: readonly Fault[] = [
    ["update", "app_grant"],
    ["update", "refresh_token"],
    ["insert", "access_token"],
    ["insert", "refresh_token"],
  ];
  for (const fault of faults) {
    const failed = await whileFailing(fault, () => refresh(shared(), client, pair.refresh_token));
    expect(failed).toEqual(FAILED as never);
    expect((await validated(shared(), pair.access_token)).status).toBe(200);
  }
  expect((await refresh(shared(), client, pair.refresh_token)).status).toBe(200);
});

describe("a person's answer that cannot be written", () => {
  const queryOf = (clientId: string, type: "code" | "token") =>
    authorizationQuery({
      response_type: type,
      client_id: clientId,
      redirect_uri: CALLBACK,
      scope: HEART_SCOPES,
    });

  test("allows nothing, and is told as the API tells it; given again it holds once", async () => {
    const cases: readonly (readonly ["code" | "token", readonly Fault[]])[] = [
      [
        "code",
        [
          ["insert", "authorization_code"],
          ["insert", "trail"],
        ],
      ],
      ["token", INSERTS_OF_A_GRANT],
    ];
    for (const [type, faults] of cases) {
      const [client, person] = [await newClient(shared(), { implicit: true }), await signIn(shared())];
      const query = queryOf(client.publicId, type);
      for (const fault of faults) {
        const send = () => asPage(shared(), person, "/authorizations", { query, allow: true });
        const response = await whileFailing(fault, send);
        expect({ status: response.status, body: await response.json() }).toEqual({
          status: 500,
          body: { error_code: 6001, error_message: "unexpected server error" },
        });
        expect(await trailOf(person)).toEqual([]);
        expect(await appsOf(person)).toEqual([]);
      }
      const { redirect_to } = await allow(shared(), person, query);
      if (type === "code") {
        const code = answerIn(redirect_to).get("code") as string;
        expect((await redeem(shared(), client, code)).status).toBe(200);
      }
      expect([...(await trailOf(person))].sort()).toEqual(["app_allowed", "token_made"]);
      expect(await appsOf(person)).toEqual([1]);
    }
  });
});

describe("a device", () => {
  test("whose answer cannot be written waits on, of a known app and of one that nobody let in yet", async () => {
    const known: readonly Fault[] = [
      ["update", "device_request"],
      ["insert", "trail"],
    ];
    const unknown: readonly Fault[] = [["insert", "client"], ["insert", "device_request"], ...known];
    for (const [clientId, faults] of [
      [(await newClient(shared())).publicId, known],
      [crypto.randomUUID(), unknown],
    ] as const) {
      const person = await signIn(shared());
      const device = await beginDevice(shared(), clientId);
      for (const fault of faults) {
        const response = await whileFailing(fault, () => decideDevice(shared(), person, device.user_code));
        expect({ fault, status: response.status }).toEqual({ fault, status: 500 });
        expect((await lookAtDevice(shared(), person, device.user_code)).status).toBe(200);
      }
      expect(await trailOf(person)).toEqual([]);
      expect((await decideDevice(shared(), person, device.user_code)).status).toBe(200);
      expect((await poll(shared(), clientId, device.device_code)).status).toBe(200);
      expect(await trailOf(person)).toEqual(["token_made", "app_allowed"]);
    }
  });

  test("that a person did not want is not told so before it is written", async () => {
    const [id, person] = [crypto.randomUUID(), await signIn(shared())];
    const device = await beginDevice(shared(), id);
    const deny = () => decideDevice(shared(), person, device.user_code, false);
    expect((await whileFailing(["insert", "trail"], deny)).status).toBe(500);
    expect((await poll(shared(), id, device.device_code)).body.error).toBe("authorization_pending");
    expect((await deny()).status).toBe(200);
    expect((await poll(shared(), id, device.device_code)).body.error).toBe("invalid_grant");
    expect(await trailOf(person)).toEqual(["app_denied"]);
  });

  for (const fault of [...INSERTS_OF_A_GRANT, ["update", "device_request"] as const]) {
    test(`that is let in and whose token cannot be written (${fault.join(" ")}) has it from its next poll`, async () => {
      const [{ publicId }, person] = [await newClient(shared()), await signIn(shared())];
      const device = await beginDevice(shared(), publicId);
      await decideDevice(shared(), person, device.user_code);
      const ask = () => poll(shared(), publicId, device.device_code);
      expect(await whileFailing(fault, ask)).toEqual(FAILED as never);
      expect(await appsOf(person)).toEqual([]);
      expect((await ask()).status).toBe(200);
      expect(await appsOf(person)).toEqual([1]);
    });
  }
});

test("a server's token and a device's codes that cannot be written are not given, and the operator reads why", async () => {
  const client = await newClient(shared());
  const ask = () => askToken(shared(), { grant_type: "client_credentials", ...credentialsOf(client) });
  expect(await whileFailing(["insert", "access_token"], ask)).toEqual(FAILED as never);
  const form = { client_id: client.publicId, scope: HEART_SCOPES };
  const begin = () => postForm(shared(), "/oauth2/device_authorization", form);
  const response = await whileFailing(["insert", "device_request"], begin);
  expect({ status: response.status, body: await response.json() }).toEqual(FAILED);
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(response.headers.get("access-control-allow-origin")).toBe("*");
  expect(
    shared().log.lines.some((line) => line.includes('"level":"error"') && line.includes("no more")),
  ).toBe(true);
});

test("a revocation that cannot be written is no 200: an app would believe it", async () => {
  const [client, person] = [await newClient(shared()), await signIn(shared())];
  const { body } = await redeem(shared(), client, await newCode(shared(), person, client));
  const end = () => postForm(shared(), "/oauth2/revoke", { token: body.access_token });
  const failed = await whileFailing(["update", "app_grant"], end);
  expect({ status: failed.status, body: await failed.json() }).toEqual(FAILED);
  expect((await validated(shared(), body.access_token)).status).toBe(200);
  expect((await end()).status).toBe(200);
  expect((await validated(shared(), body.access_token)).status).toBe(401);
});
