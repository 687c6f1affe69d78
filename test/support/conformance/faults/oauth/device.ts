import { NOBODY } from "../../../../../src/conformance/routes.ts";
import { changed, type Fault, made, type Passed } from "../../mutatingProxy.ts";
import { answering, ids, path, reversed, rewriting, type WrongServer } from "../../wrongServer.ts";
import {
  accepting,
  counting,
  DEVICE,
  formOf,
  grant,
  isDevice,
  marking,
  type Origin,
  refusing,
  storable,
  telling,
  validating,
} from "./requests.ts";

interface Asked {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri: string;
  readonly verification_uri_complete: string;
}

const isPoll = grant(DEVICE);
const error = (name: string, description?: string) =>
  made(
    400,
    JSON.stringify({ error: name, ...(description === undefined ? {} : { error_description: description }) }),
  );
const pending = () => error("authorization_pending");

/** Answers polls by how often the code was asked about. */
function polling(answer: (count: number, ours: string) => ReturnType<typeof made> | undefined): Fault {
  const count = counting();
  return answering(isPoll, (ours, request) => {
    const code = formOf(request).get("device_code") ?? "";
    return answer(count(code), ours.text) ?? ours;
  });
}

/** Hangs up on the second of two polls of one code at once. */
function oneAtOnce(): Fault {
  const open = new Set<string | null>();
  return {
    answer: async (request, next) => {
      if (!isPoll(request)) return await next(request);
      const code = formOf(request).get("device_code");
      if (open.has(code)) return error("slow_down");
      open.add(code);
      try {
        return await next(request);
      } finally {
        open.delete(code);
      }
    },
  };
}

/** Takes a user code for a device code. */
function confusing(): Fault {
  const userCodes = new Set<string | null>();
  return answering(
    (request) => isDevice(request) || isPoll(request),
    (answer, request) => {
      if (isDevice(request)) userCodes.add((answer.json as Asked | undefined)?.user_code ?? "");
      return isPoll(request) && userCodes.has(formOf(request).get("device_code")) ? pending() : answer;
    },
  );
}

const listing = (scope: string) => (request: Passed) =>
  isDevice(request) && formOf(request).get("scope") === scope;

const DEVICE_BODY = `{"device_code":"${NOBODY}","user_code":"${NOBODY}"}`;
const given = (isMeant: (request: Passed) => boolean) => answering(isMeant, () => made(200, DEVICE_BODY));

/** Devices that ask. */
const ASKING: readonly WrongServer[] = [
  {
    breaks: "writes the codes of a device in another order",
    fails: ["oauth-device.keys"],
    fault: () => rewriting<Record<string, unknown>>(isDevice, reversed),
  },
  {
    breaks: "gives out device codes that are no UUIDs",
    fails: ["oauth-device.uuids"],
    fault: () => marking(isDevice, "device_code"),
  },
  {
    breaks: "gives a device five minutes",
    fails: ["oauth-device.times"],
    fault: () => telling(isDevice, { expires_in: 300 }),
  },
  {
    breaks: "leads people to another page for devices",
    fails: ["oauth-device.addresses"],
    fault: () =>
      rewriting<Asked>(isDevice, (body) => ({
        ...body,
        verification_uri: body.verification_uri.replace("device_authorization_consent", "device"),
      })),
  },
  {
    breaks: "lets caches keep the codes of a device",
    fails: ["oauth-device.no-store"],
    fault: () => storable(isDevice, () => true),
  },
  {
    breaks: "has no page for devices",
    fails: ["oauth-device.page"],
    fault: () =>
      answering(path("/oauth2/device_authorization_consent"), (answer) => changed(answer, { status: 404 })),
  },
  {
    breaks: "takes a device that names no client",
    fails: ["oauth-device.client-missing"],
    fault: () => given((request) => isDevice(request) && !formOf(request).has("client_id")),
  },
  {
    breaks: "takes a device of nobody",
    fails: ["oauth-device.client-unknown"],
    fault: () => given((request) => isDevice(request) && formOf(request).get("client_id") === "nobody"),
  },
  ...(
    [
      ["commas", "data:heart_rate:read,profile:read"],
      ["quotes", '"data:heart_rate:read profile:read"'],
      ["unknown", "news:read data:heart_rate:read"],
    ] as const
  ).map(
    ([name, scope]): WrongServer => ({
      breaks: `does not take the scopes ${scope} of a device`,
      fails: [`oauth-device.scopes-${name}`],
      fault: () => refusing(listing(scope), "invalid_scope"),
    }),
  ),
  {
    breaks: "takes a device that asks for nothing that is known",
    fails: ["oauth-device.scopes-none-known"],
    fault: () => given(listing("news:read,weather:read")),
  },
];

/** Devices that wait. */
const WAITING: readonly WrongServer[] = [
  {
    breaks: "answers 428 to a device that waits",
    fails: [
      ...ids(["oauth-device-poll"], "pending", "no-slow-down", "polls-at-once"),
      "oauth-device-expiry.begins",
    ],
    fault: () =>
      answering(isPoll, (answer) =>
        answer.text.includes("authorization_pending") ? changed(answer, { status: 428 }) : answer,
      ),
  },
  {
    breaks: "tells a device that polls too fast to slow down",
    fails: ["oauth-device-poll.no-slow-down"],
    fault: () =>
      polling((count, ours) => (count > 2 && ours.includes("pending") ? error("slow_down") : undefined)),
  },
  {
    breaks: "tells a device that polls twice at once to slow down",
    fails: ["oauth-device-poll.polls-at-once"],
    fault: oneAtOnce,
  },
  {
    breaks: "lets an unknown device wait",
    fails: ["oauth-device.device-code-unknown"],
    fault: () =>
      answering(
        grant(DEVICE, (form) => form.get("device_code") === NOBODY),
        pending,
      ),
  },
  {
    breaks: "takes a poll without a device code",
    fails: ["oauth-device.device-code-missing"],
    fault: () => accepting(grant(DEVICE, (form) => !form.has("device_code"))),
  },
  {
    breaks: "takes a user code for a device code",
    fails: ["oauth-device.user-code-is-no-device-code"],
    fault: confusing,
  },
  {
    breaks: "lets a client wait with the device code of another",
    fails: ["oauth-device.another-client"],
    fault: ({ clientId }) =>
      answering(
        grant(DEVICE, (form) => form.get("client_id") === clientId && form.get("device_code") !== NOBODY),
        pending,
      ),
  },
  {
    breaks: "does not tell a device that its time is over",
    fails: ["oauth-device-expiry.expired"],
    fault: () =>
      answering(isPoll, (answer) =>
        answer.text.includes("expired_token") ? error("invalid_grant") : answer,
      ),
  },
];

const isGranted = (origin: Origin) => origin.grant === DEVICE;

/** Devices about which the user has decided. */
const DECIDED: readonly WrongServer[] = [
  {
    breaks: "answers a device with text in place of JSON",
    fails: ["oauth-device-consent.granted"],
    fault: () =>
      answering(isPoll, (answer) =>
        answer.status === 200 ? changed(answer, { headers: { "content-type": "text/plain" } }) : answer,
      ),
  },
  {
    breaks: "gives a device a token that is no UUID",
    fails: ["oauth-device-consent.uuid"],
    fault: () => marking(isPoll, "access_token"),
  },
  {
    breaks: "writes Bearer to a device",
    fails: ["oauth-device-consent.token-type"],
    fault: () => telling(isPoll, { token_type: "Bearer" }),
  },
  {
    breaks: "gives a device a token for longer than fits",
    fails: ids(["oauth-device-consent"], "expires-in", "year"),
    fault: () => telling(isPoll, { expires_in: 2_147_483_648 }),
  },
  {
    breaks: "gives a device a token for an hour",
    fails: ["oauth-device-consent.year"],
    fault: () => telling(isPoll, { expires_in: 3_600 }),
  },
  {
    breaks: "gives a device a refresh token",
    fails: ["oauth-device-consent.no-refresh-token"],
    fault: () => telling(isPoll, { refresh_token: NOBODY }),
  },
  {
    breaks: "lets caches keep a device's token",
    fails: ["oauth-device-consent.no-store"],
    fault: () => storable(isPoll, ({ status }) => status === 200),
  },
  {
    breaks: "says that a device's token is another client's",
    fails: ["oauth-device-consent.validates"],
    fault: () => validating(isGranted, (said) => ({ ...said, client_id: NOBODY })),
  },
  {
    breaks: "grants a device a scope that it does not know",
    fails: ["oauth-device-consent.validates"],
    fault: () =>
      validating(isGranted, (said) => ({ ...said, scopes: [...(said.scopes as string[]), "news:read"] })),
  },
  {
    breaks: "says in other words that a device has its token",
    fails: ["oauth-device-consent.used-twice"],
    fault: () =>
      polling((_, ours) =>
        ours.includes("already issued") ? error("invalid_grant", "Access token already issued") : undefined,
      ),
  },
  {
    breaks: "says in RFC 8628's words that a device was denied",
    fails: ids(["oauth-device-consent"], "denied", "denied-for-good"),
    fault: () => polling((_, ours) => (ours.includes("grant access") ? error("access_denied") : undefined)),
  },
  {
    breaks: "forgets that a device was denied",
    fails: ["oauth-device-consent.denied-for-good"],
    fault: () =>
      polling((count, ours) => (count > 1 && ours.includes("grant access") ? pending() : undefined)),
  },
];

export const DEVICE_FAULTS: readonly WrongServer[] = [...ASKING, ...WAITING, ...DECIDED];
