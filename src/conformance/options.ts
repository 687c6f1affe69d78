/** What a hook is told: names and values that its command gets as environment. */
export type HookDetails = Readonly<Record<string, string>>;

/** Does on the server what only its operator can do; resolves when it is done, and throws when it cannot be. */
export type Hook = (details: HookDetails) => void | Promise<void>;

/** What the operator does for the kit. Without one of them the checks that need it are reported as not checked. */
export interface Hooks {
  /** Revokes the token `CONFORMANCE_TOKEN`. */
  readonly revoke?: Hook | undefined;
  /** Stops the server in an orderly way and starts it again, on the same data. */
  readonly restart?: Hook | undefined;
  /** Makes the store of readings fail (`CONFORMANCE_STEP` is `begin`), and work again (`end`). */
  readonly storeFailure?: Hook | undefined;
  /** The same for the store of tokens. */
  readonly tokenStoreFailure?: Hook | undefined;
  /** Changes the room `CONFORMANCE_ROOM`; `CONFORMANCE_STEP` says what (docs/conformance.md). */
  readonly roomChange?: Hook | undefined;
  /**
   * Opens `CONFORMANCE_URL` in a browser in which the test user is signed in, and answers as `CONFORMANCE_STEP` says: `allow`
   * or `deny`.
   */
  readonly authorize?: Hook | undefined;
}

/** How long the slow checks look, in milliseconds, and at how much. */
export interface SlowTimes {
  /** How long a socket hears nothing and must stay open. */
  readonly quietMs: number;
  /** How long clients ping, and how often. */
  readonly pingingMs: number;
  readonly pingEveryMs: number;
  /** How long the same heart rate is sent, and how often: official clients go offline after 30 s of silence. */
  readonly steadyMs: number;
  readonly steadyEveryMs: number;
  /** How many readings are written while a listener does not read. */
  readonly readingsUnread: number;
  /** How much longer than it may be used a device code is waited for. */
  readonly expiredForMs: number;
}

export const SLOW_TIMES: SlowTimes = {
  quietMs: 65_000,
  pingingMs: 30_000,
  pingEveryMs: 5_000,
  steadyMs: 35_000,
  steadyEveryMs: 5_000,
  readingsUnread: 1_000,
  expiredForMs: 1_500,
};

export interface ConformanceOptions {
  /** The address under which the server has the paths of the wire, such as `https://pulse.example.org`. */
  readonly base: string | URL;
  /**
   * A token with `data:heart_rate:read`, and one with `data:heart_rate:write`, of one user, who is the test user. Where one is
   * not given, the first of `tokens` that may do it serves.
   */
  readonly readToken?: string | undefined;
  readonly writeToken?: string | undefined;
  /** Further tokens: of the same user for other scopes or with fewer of them, and of a second user. */
  readonly tokens?: readonly string[] | undefined;
  readonly expiredToken?: string | undefined;
  /** A token that expires within two minutes, for a slow check. */
  readonly expiringToken?: string | undefined;
  /** A token that the hook `revoke` may revoke. */
  readonly revocableToken?: string | undefined;
  /** A token of a user who never sent a reading. */
  readonly emptyToken?: string | undefined;
  /** A token of a server, which stands for no user (client credentials). */
  readonly serverToken?: string | undefined;
  /** A room of which the test user is a member. */
  readonly room?: string | undefined;
  /** A room of which the test user is no member. */
  readonly otherRoom?: string | undefined;
  /** A widget of the test user whose link is open, where no token may make one. */
  readonly widget?: string | undefined;
  /** An app that is registered with a secret, the implicit grant and `http://127.0.0.1/callback`, with any port. */
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  /** An app that is registered with that address and without a secret. */
  readonly publicClientId?: string | undefined;
  /** The port of the kit's own redirect address, for a server that knows only addresses with a port; any free one (0). */
  readonly callbackPort?: number | undefined;
  readonly hooks?: Hooks | undefined;
  /** Ids of checks, separated by commas: whole ones, areas such as `write`, or with `*` for any text. */
  readonly only?: string | undefined;
  /** Whether the slow checks run too. */
  readonly slow?: boolean | undefined;
  /** Whether to check too what the wire text leaves open and Heartwire decided. */
  readonly ours?: boolean | undefined;
  readonly slowTimes?: Partial<SlowTimes> | undefined;
  /** Lets a device code's ten minutes pass, and then does something. Who moves the server's clock need not wait. */
  readonly whenPassed?: (<Value>(ms: number, act: () => Promise<Value>) => Promise<Value>) | undefined;
  /** Certificates of an authority to trust beside the usual ones, as PEM. */
  readonly authority?: string | undefined;
  /** How long the server may take to answer (5000). */
  readonly answerTimeoutMs?: number | undefined;
  /** Ends the run: the check that runs undoes what it did and stops, and the others are reported as not checked. */
  readonly signal?: AbortSignal | undefined;
  /** Called before each check, with the how manyth it is of how many. */
  readonly onStart?: ((id: string, place: number, count: number) => void) | undefined;
  /** Called after each check. */
  readonly onResult?: ((result: Result) => void) | undefined;
}

/** What became of one check. */
export type Outcome =
  | { readonly outcome: "passed" }
  | { readonly outcome: "failed"; readonly expected: string; readonly got: string }
  | { readonly outcome: "not checked"; readonly needs: readonly string[] };

export type Result = Outcome & {
  readonly id: string;
  /** Section of the wire text. */
  readonly section: string;
  /** What a compatible server does, in one sentence. */
  readonly sentence: string;
  /** Whether the wire text leaves it open and Heartwire decided. */
  readonly isOurs: boolean;
  readonly durationMs: number;
};

export interface Report {
  readonly base: string;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly passed: number;
  readonly failed: number;
  readonly notChecked: number;
  readonly results: readonly Result[];
}

/** The kit cannot run with what it was given: nothing was checked. */
export class UnusableOptions extends Error {
  override name = "UnusableOptions";
}
