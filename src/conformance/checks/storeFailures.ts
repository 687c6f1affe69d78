import { area, type Need, type Rule } from "../check.ts";
import type { Answer } from "../client/answer.ts";
import { expectError, expectSame, expectThat, shown } from "../expectations.ts";
import { type Kit, readingBody } from "../kit.ts";
import { holds, hook } from "../needs.ts";
import { askRoute, PATHS, TOKEN_ROUTES, type TokenRoute } from "../routes.ts";
import { heard } from "./restart.ts";

const SECTION = "3 Errors on /api/ (faults)";

/** What was seen while readings could not be stored. */
interface StoreFailure {
  readonly measuredAt: number;
  readonly write: Answer;
  readonly latest: Answer;
  /** The same reading, sent again when the store works again. */
  readonly again: Answer;
  readonly heard: string;
}

function storeFailure(kit: Kit): Promise<StoreFailure> {
  return kit.once("store failure", async () => {
    const measuredAt = await kit.nextMoment();
    const body = readingBody(measuredAt, 171);
    using socket = await kit.hear("?response_mode=text_plain_only_heart_rate");
    const { write, latest } = await during(kit, "storeFailure", async () => ({
      write: await kit.send(body),
      latest: await kit.ask({ path: PATHS.latest, token: kit.tokens.read.token }),
    }));
    const again = await kit.send(body);
    await kit.write(172);
    return { measuredAt, write, latest, again, heard: `${await heard(socket)}, ${await heard(socket)}` };
  });
}

/** Does something while a store fails, and lets it work again whatever happens. */
async function during<Seen>(
  kit: Kit,
  name: "storeFailure" | "tokenStoreFailure",
  see: () => Promise<Seen>,
): Promise<Seen> {
  const step = (CONFORMANCE_STEP: "begin" | "end") =>
    kit.runHook(`${name} (${CONFORMANCE_STEP})`, kit.options.hooks?.[name], { CONFORMANCE_STEP });
  try {
    // A command that fails may have broken the store before.
    await step("begin");
    return await see();
  } finally {
    await step("end");
  }
}

export const STORE_FAILURE = area(
  "store-failure",
  SECTION,
  [
    [
      "write",
      "A reading that cannot be stored is answered 500 with 6001, never 200.",
      async (kit) => expectError((await storeFailure(kit)).write, { status: 500, code: 6001 }),
    ],
    [
      "latest",
      "While readings cannot be stored the latest one is answered, or 500 with 6002.",
      async (kit) => {
        const { latest } = await storeFailure(kit);
        if (latest.status === 200) expectThat(latest.isJson, "200 with a JSON body", shown(latest));
        else expectError(latest, { status: 500, code: 6002 });
      },
    ],
    [
      "sent-again",
      "A reading that could not be stored is accepted when it is sent again later.",
      async (kit) => {
        const { again } = await storeFailure(kit);
        expectThat(again.status === 200 && again.text === "{}", "200 {}", shown(again));
      },
    ],
    [
      "heard-once",
      "A reading that could not be stored is not heard until it is: once.",
      async (kit) => expectSame((await storeFailure(kit)).heard, "171, 172", "the frames "),
    ],
  ],
  [hook("storeFailure")],
);

/** What was seen while tokens could not be looked up. */
interface TokenStoreFailure {
  /** A good token, which the server may remember. */
  readonly known: ReadonlyMap<string, Answer>;
  /** A token of which nobody can say then whether it is good. */
  readonly unknown: ReadonlyMap<string, Answer>;
  /** The frame of the first reading afterwards, on a socket that was open before. */
  readonly frame: string;
}

function tokenStoreFailure(kit: Kit): Promise<TokenStoreFailure> {
  return kit.once("token store failure", async () => {
    using socket = await kit.hear("?response_mode=text_plain_only_heart_rate");
    const [known, unknown] = [new Map<string, Answer>(), new Map<string, Answer>()];
    await during(kit, "tokenStoreFailure", async () => {
      for (const route of TOKEN_ROUTES) {
        // One that was never asked about: a server may remember that another is unknown.
        unknown.set(route.name, await askRoute(kit, route, { token: crypto.randomUUID() }));
        const token = kit.tokens.find(scopesOf(route));
        if (token !== undefined) known.set(route.name, await askRoute(kit, route, { token }));
      }
    });
    await kit.write(173);
    return { known, unknown, frame: await heard(socket) };
  });
}

function scopesOf({ scope }: TokenRoute): readonly string[] {
  return scope === undefined ? [] : [scope];
}

/** The four codes mean the same. */
function expectUnverifiable(answer: Answer): void {
  const code = Number((answer.json as { readonly error_code?: unknown } | undefined | null)?.error_code);
  expectError(answer, { status: 500, code: code >= 7001 && code <= 7004 ? code : 7001 });
}

const perRoute: readonly Rule[] = TOKEN_ROUTES.flatMap((route): readonly Rule[] => {
  const needs: readonly Need[] = route.scope === undefined ? [] : [holds(route.scope)];
  return [
    [
      `unknown-${route.name}`,
      `${route.title} answers 500 with 7001 to 7004, never 401, when tokens cannot be looked up.`,
      async (kit) => expectUnverifiable((await tokenStoreFailure(kit)).unknown.get(route.name) as Answer),
    ],
    [
      `good-${route.name}`,
      `${route.title} takes a good token that it remembers, or answers 500, when tokens cannot be looked up: never 401.`,
      async (kit) => {
        const answer = (await tokenStoreFailure(kit)).known.get(route.name) as Answer;
        if (answer.status >= 500) expectError(answer, { status: 500 });
        else expectThat(answer.status !== 401, "no 401", shown(answer));
      },
      { needs },
    ],
  ];
});

export const TOKEN_STORE_FAILURE = area(
  "token-store-failure",
  SECTION,
  [
    ...perRoute,
    [
      "sockets-stay",
      "Open sockets stay open while tokens cannot be looked up, and go on afterwards.",
      async (kit) => expectSame((await tokenStoreFailure(kit)).frame, "173", "the frame "),
    ],
  ],
  [hook("tokenStoreFailure")],
);
