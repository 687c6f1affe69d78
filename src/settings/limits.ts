/** A limit: its default, its unit and what happens beyond it. Tests may start a server with smaller ones. */
interface Limit {
  readonly value: number;
  readonly unit: string;
  readonly meaning: string;
}

const limit = (value: number, unit: string, meaning: string): Limit => ({ value, unit, meaning });

/** Every limit of the server. */
export const LIMITS = {
  requestHeadBytesMax: limit(
    16_384,
    "bytes",
    "A request whose line and headers are longer is answered 431, without a body, and its connection is closed. Bun sets this one.",
  ),
  bodyBytesMax: limit(
    16_384,
    "bytes",
    "A request body over this is answered 413; the rest of it is thrown away unread.",
  ),
  requestIdleSeconds: limit(
    10,
    "seconds",
    "A connection on which nothing moves for this long is closed; a sender of one byte a second is cut after about twice as long.",
  ),
  socketIdleSeconds: limit(
    60,
    "seconds",
    "A listener that answers no protocol ping for this long is closed; pings go out before.",
  ),
  socketBacklogBytes: limit(
    65_536,
    "bytes",
    "A listener with more than this unread is cut (1006): it never gets a stream with a hole.",
  ),
  socketMessageBytesMax: limit(
    4_096,
    "bytes",
    "A longer frame from a listener closes it; shorter ones are ignored.",
  ),
  socketsMax: limit(
    50_000,
    "sockets",
    "One more listener is answered 503. Fewer where the process may not open as many files: the start and the doctor tell.",
  ),
  roomsMax: limit(100, "rooms", "Rooms that one user may own; making one more is answered 409."),
  roomMembershipsMax: limit(
    200,
    "rooms",
    "Rooms in which one user may be, their own included; joining or making one more is answered 409.",
  ),
  roomInvitationsMax: limit(
    100,
    "invitations",
    "Invitations to a room that hold at the same time; making one more is answered 409.",
  ),
  roomMembersMax: limit(100, "members", "Members of a room; one more who wants to join is answered 409."),
  widgetsMax: limit(100, "widgets", "Widgets that one user may have; making one more is answered 409."),
  configurationBytesMax: limit(
    4_096,
    "bytes",
    "A configuration, of a room, a member or a widget, whose JSON is longer than this is answered 400.",
  ),
  waitingReadingsMax: limit(
    200_000,
    "readings",
    "Readings that wait for the disk; one more is answered 500 with 6001. A single append of more waits alone.",
  ),
  freshReadingsMax: limit(
    262_144,
    "readings",
    "Readings in arrival order that start a packing. Memory holds at most twice as many, at 45 bytes each.",
  ),
  freshSecondsMax: limit(
    1_800,
    "seconds",
    "Readings in arrival order for longer than this start a packing too, however few they are.",
  ),
  hourQuietSeconds: limit(
    900,
    "seconds",
    "An hour that is over is sealed when nothing was added to it for this long.",
  ),
  sealedHourReadingsMax: limit(
    40_000,
    "readings",
    "An hour of one user with more (eleven a second, all the time) stays in parts, which take more room: sealing it would hold up writes.",
  ),
  walPagesMax: limit(
    1_000,
    "pages of 4096 bytes",
    "The write-ahead log is moved into the file when it is this long; it is cut to four times this afterwards.",
  ),
  pageCacheKibibytes: limit(16_384, "KiB", "Pages of readings.db that SQLite keeps in memory."),
  cachedTokensMax: limit(
    65_536,
    "tokens",
    "Verified tokens kept in memory; one more makes the oldest be looked up again.",
  ),
  countedTokensMax: limit(
    65_536,
    "tokens",
    "Tokens whose uses are counted in memory until they are written, every ten seconds; the uses of one more are not counted until then.",
  ),
  tokensMax: limit(
    100,
    "tokens",
    "Tokens that one user made by hand and that are not revoked; making one more is answered 409.",
  ),
  clientsMax: limit(20, "clients", "Apps that one user may register; one more is answered 409."),
  redirectAddressesMax: limit(
    20,
    "addresses",
    "Redirect addresses of an app; a list with one more is answered 400.",
  ),
  sessionTokensMax: limit(
    50,
    "tokens",
    "Tokens that pages of one sign-in session hold at the same time, ten minutes each; one more ends the oldest.",
  ),
  unknownDevicesMax: limit(
    1_000,
    "requests",
    "Devices of apps that nobody let in yet and that wait for a person, in memory alone; one more is answered 429.",
  ),
  unknownDevicesPerSenderMax: limit(
    20,
    "requests",
    "The same from one address (of IPv6: from one network of 64 bits); one more is answered 429.",
  ),
  devicesPerClientMax: limit(
    10_000,
    "requests",
    "Devices of one known app that wait for a person; one more is answered 429.",
  ),
  deviceRequestsPerMinuteMax: limit(
    60,
    "requests",
    "Requests of devices from one address within a minute, of all apps; one more is answered 429.",
  ),
  revocationsPerMinuteMax: limit(
    600,
    "requests",
    "Tokens that one address may end within a minute; one more is answered 429.",
  ),
  tokensPerMinuteMax: limit(
    120,
    "tokens",
    "Tokens that one app may be given in its own name within a minute, and refreshes of one grant; one more is answered 429.",
  ),
  accountChangesPerMinuteMax: limit(
    120,
    "changes",
    "Tokens made, apps registered, changed or given another secret, exports and answers to apps and devices of one person within a minute; one more is answered 429. What takes something away is not counted.",
  ),
  unknownUserCodesPerMinuteMax: limit(
    30,
    "codes",
    "Codes of devices that are not there and that one person may type within a minute; after them every code is answered 429.",
  ),
  passwordHashesMax: limit(
    2,
    "hashes",
    "Passwords that are hashed at the same time, at 19 MiB each; one more waits.",
  ),
  passwordHashesWaitingMax: limit(
    64,
    "hashes",
    "Passwords that wait to be hashed; one more is answered 503.",
  ),
  accountAttemptsFree: limit(
    5,
    "attempts",
    "Failed attempts to sign in to one account from one address that cost no waiting. The next waits a second, the one after it two, then four and so on.",
  ),
  senderAttemptsFree: limit(
    20,
    "attempts",
    "The same for one address, whatever it tries; and for one account from all addresses from which nobody has signed in to it yet.",
  ),
  signInsPerMinuteMax: limit(
    60,
    "sign-ins",
    "Good sign-ins to one account within a minute; one more is answered 429.",
  ),
  codeAttemptsFree: limit(
    10,
    "attempts",
    "Codes of links that are unknown, used or over, from one address, which cost no waiting.",
  ),
  signUpsFree: limit(
    5,
    "accounts",
    "Accounts made from one address where sign-up is open, which cost no waiting.",
  ),
  ceremoniesFree: limit(
    120,
    "ceremonies",
    "Sign-ins by passkey or outside provider that were begun from one address and not ended, which cost no waiting.",
  ),
  attemptWaitSecondsMax: limit(900, "seconds", "Nobody waits longer than this for the next attempt."),
  attemptsRememberedMax: limit(
    100_000,
    "counters",
    "Counters of failed attempts in memory; one more makes the one be forgotten that was not touched for longest.",
  ),
  ceremoniesMax: limit(
    10_000,
    "ceremonies",
    "Passkeys that are being asked for at the same time, for five minutes each; one more is answered 503.",
  ),
  signInSessionsMax: limit(
    50,
    "sessions",
    "Browsers in which one person is signed in; one more ends the oldest sign-in.",
  ),
  passkeysMax: limit(20, "passkeys", "Passkeys that one person may have; adding one more is answered 409."),
  accountOriginsMax: limit(
    8,
    "origins",
    "Addresses of this server (scheme, name and port) for which sign-in is kept ready; one more makes the oldest be made anew.",
  ),
  shutdownSeconds: limit(
    10,
    "seconds",
    "How long an orderly end waits for requests that are being answered.",
  ),
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof LIMITS;

/** The limits in force. */
export type Limits = { readonly [Name in LimitName]: number };

export const DEFAULT_LIMITS: Limits = Object.fromEntries(
  Object.entries(LIMITS).map(([name, { value }]) => [name, value]),
) as Limits;
