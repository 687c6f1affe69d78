import { area, type Rule } from "../../check.ts";
import { expectSame, expectThat, keysOf, shown } from "../../expectations.ts";
import type { Kit } from "../../kit.ts";
import { ANY_CLIENT, CLIENT, PUBLIC_CLIENT } from "../../needs.ts";
import { askDevice, DEVICE_GRANT, expectDevice, newDeviceCode, poll } from "../../oauth/deviceFlow.ts";
import {
  anyClientOf,
  askToken,
  clientOf,
  expectExpiresIn,
  expectNotStored,
  expectRefusal,
  expectUuids,
  fieldIn,
  post,
  textIn,
} from "../../oauth/forms.ts";
import { NOBODY, PATHS } from "../../routes.ts";

const SECTION = "8 OAuth 2 (device, RFC 8628)";
const KEYS = "device_code, user_code, verification_uri, verification_uri_complete, expires_in, interval";
const CONSENT = "/oauth2/device_authorization_consent";

/** One device that nobody answers, for what many checks look at. */
function device(kit: Kit) {
  return kit.once("oauth-device", () => askDevice(kit));
}

/** A device that polls too fast may be answered up to a second late, and somewhat more on a busy machine. */
const POLL_MS_MAX = 2_000;

async function pendingWithin(kit: Kit, code: string): Promise<void> {
  const startedAt = performance.now();
  expectRefusal(await poll(kit, code), "authorization_pending");
  const tookMs = Math.round(performance.now() - startedAt);
  expectThat(tookMs <= POLL_MS_MAX, "an answer about a second later at most", `one after ${tookMs} ms`);
}

/** Scope lists as clients write them. */
const LISTS: readonly Rule[] = (
  [
    ["commas", "separated by commas", "data:heart_rate:read,profile:read"],
    ["quotes", "in quotes", '"data:heart_rate:read profile:read"'],
    ["unknown", "of which one is unknown", "news:read data:heart_rate:read"],
  ] as const
).map(([name, words, scope]) => [
  `scopes-${name}`,
  `A list of scopes ${words} is taken.`,
  async (kit) => expectDevice(await askDevice(kit, scope)),
  { needs: [ANY_CLIENT] },
]);

export const DEVICE = area("oauth-device", SECTION, [
  [
    "keys",
    "A device is given the six documented keys, in their order.",
    async (kit) => {
      const answer = await device(kit);
      expectThat(answer.status === 200 && answer.isJson, "200 in JSON", shown(answer));
      expectSame(keysOf(answer.json), KEYS, "the keys ");
    },
    { needs: [ANY_CLIENT] },
  ],
  [
    "uuids",
    "Device code and user code are lower-case UUIDs of 36 characters.",
    async (kit) => expectUuids(await device(kit), "device_code", "user_code"),
    { needs: [ANY_CLIENT] },
  ],
  [
    "times",
    "The codes may be used for 600 seconds, and asked about every 3.",
    async (kit) => {
      const answer = await device(kit);
      expectExpiresIn(answer);
      expectSame(fieldIn(answer, "expires_in") as number, 600, "expires_in ");
      expectSame(fieldIn(answer, "interval") as number, 3, "interval ");
    },
    { needs: [ANY_CLIENT] },
  ],
  [
    "addresses",
    `The page is ${CONSENT}, and its complete address carries the user code.`,
    async (kit) => {
      const answer = await device(kit);
      const page = URL.parse(textIn(answer, "verification_uri"));
      const complete = URL.parse(textIn(answer, "verification_uri_complete"));
      expectSame(page?.pathname.slice(-CONSENT.length), CONSENT, "verification_uri with ");
      const carried = complete?.searchParams.get("user_code");
      const isRight = carried === textIn(answer, "user_code") && complete?.pathname === page?.pathname;
      expectThat(isRight, "verification_uri_complete with the user_code", shown(answer));
    },
    { needs: [ANY_CLIENT] },
  ],
  [
    "no-store",
    "The codes may not be kept by a cache.",
    async (kit) => expectNotStored(await device(kit)),
    { needs: [ANY_CLIENT] },
  ],
  [
    "page",
    "The page for people is a page, or leads to one.",
    async (kit) => {
      const path = `${CONSENT}?user_code=${textIn(await device(kit), "user_code")}`;
      const answer = await kit.ask({ path });
      const isPage = answer.status === 200 && /^text\/html\b/i.test(answer.header("content-type") ?? "");
      const leads = answer.status >= 300 && answer.status < 400 && answer.header("location") !== undefined;
      expectThat(isPage || leads, "200 with text/html, or a redirection", shown(answer));
    },
    { needs: [ANY_CLIENT] },
  ],
  [
    "device-code-unknown",
    "An unknown device code is answered 400 and invalid_grant.",
    async (kit) => expectRefusal(await poll(kit, NOBODY), "invalid_grant"),
    { needs: [ANY_CLIENT] },
  ],
  [
    "device-code-missing",
    "A poll without a device code is answered 400 and invalid_request.",
    async (kit) =>
      expectRefusal(
        await askToken(kit, { grant_type: DEVICE_GRANT, client_id: anyClientOf(kit).id }),
        "invalid_request",
      ),
    { needs: [ANY_CLIENT] },
  ],
  [
    "user-code-is-no-device-code",
    "A user code, which others may see, is no device code: 400 and invalid_grant.",
    async (kit) => expectRefusal(await poll(kit, textIn(await device(kit), "user_code")), "invalid_grant"),
    { needs: [ANY_CLIENT] },
  ],
  [
    "another-client",
    "Another client is refused with the device code of the first: 400 and invalid_grant.",
    async (kit) => {
      // The first is the public one, and the second shows its own secret, so that just the code is wrong.
      const fields = { grant_type: DEVICE_GRANT, device_code: await newDeviceCode(kit) };
      const { id, secret = "" } = clientOf(kit);
      const answer = await askToken(kit, { ...fields, client_id: id, client_secret: secret });
      expectRefusal(answer, "invalid_grant");
    },
    { needs: [CLIENT, PUBLIC_CLIENT] },
  ],
  [
    "client-missing",
    "A device that names no client is refused.",
    async (kit) =>
      expectRefusal(
        await post(kit, PATHS.device, { scope: "data:heart_rate:read" }),
        ["invalid_request", "invalid_client"],
        { status: [400, 401] },
      ),
  ],
  [
    "client-unknown",
    "A device that names a client of no form that there is is refused.",
    // An unknown UUID may be an app that was made for Pulsoid, which a server may take in.
    async (kit) =>
      expectRefusal(
        await post(kit, PATHS.device, { client_id: "nobody", scope: "data:heart_rate:read" }),
        ["invalid_client", "invalid_request", "unauthorized_client"],
        { status: [400, 401] },
      ),
  ],
  ...LISTS,
  [
    "scopes-none-known",
    "A list of which no scope is known is answered 400 and invalid_scope.",
    async (kit) => expectRefusal(await askDevice(kit, "news:read,weather:read"), "invalid_scope"),
    { needs: [ANY_CLIENT] },
  ],
]);

/** Devices that wait, which takes time: polls that come too fast are held up. */
export const DEVICE_POLL = area("oauth-device-poll", SECTION, [
  [
    "pending",
    "While the user has not answered, a poll is answered 400 and authorization_pending.",
    async (kit) => expectRefusal(await poll(kit, await newDeviceCode(kit)), "authorization_pending"),
    { needs: [ANY_CLIENT] },
  ],
  [
    "no-slow-down",
    "A device that polls too fast is answered authorization_pending, about a second later at most, and never slow_down.",
    async (kit) => {
      const code = await newDeviceCode(kit);
      for (let time = 0; time < 3; time++) await pendingWithin(kit, code);
    },
    { needs: [ANY_CLIENT] },
  ],
  [
    "polls-at-once",
    "Of two polls at once both are answered authorization_pending.",
    async (kit) => {
      const code = await newDeviceCode(kit);
      await Promise.all([pendingWithin(kit, code), pendingWithin(kit, code)]);
    },
    { needs: [ANY_CLIENT] },
  ],
]);

/** Ten minutes, and what is left to ask. */
const EXPIRY_TIMEOUT_MS = 700_000;

const startedAt = (kit: Kit) =>
  kit.once("oauth-device-expiring", async () => ({
    code: await newDeviceCode(kit),
    atMs: performance.now(),
  }));

/** Begins the ten minutes of a code at the beginning of a run, so that they pass while other checks run. */
export const DEVICE_EXPIRY_BEGINS = area("oauth-device-expiry", SECTION, [
  [
    "begins",
    "A device code is pending before its time is over.",
    async (kit) => expectRefusal(await poll(kit, (await startedAt(kit)).code), "authorization_pending"),
    { needs: [ANY_CLIENT], isSlow: true },
  ],
]);

export const DEVICE_EXPIRY = area("oauth-device-expiry", SECTION, [
  [
    "expired",
    "A device code whose ten minutes are over is answered 400 and expired_token.",
    async (kit) => {
      const { code, atMs } = await startedAt(kit);
      const expired = async () => expectRefusal(await poll(kit, code), "expired_token");
      await afterLifetime(kit, atMs, expired);
    },
    { needs: [ANY_CLIENT], isSlow: true, timeoutMs: EXPIRY_TIMEOUT_MS },
  ],
]);

/** How long a device code may be used, which oauth-device.times makes sure of. */
const LIFETIME_MS = 600_000;

async function afterLifetime(kit: Kit, sinceMs: number, act: () => Promise<void>): Promise<void> {
  const leftMs = Math.max(0, sinceMs + LIFETIME_MS + kit.slowTimes.expiredForMs - performance.now());
  const { whenPassed } = kit.options;
  if (whenPassed !== undefined) return await whenPassed(leftMs, act);
  const until = performance.now() + leftMs;
  // In small steps, so that a run that is ended does not wait.
  while (performance.now() < until) await kit.pause(Math.min(1_000, until - performance.now()));
  await act();
}
