import type { Accounts } from "../auth/accounts/accounts.ts";
import type { AppRequests } from "../auth/oauth/appRequests.ts";
import type { SessionTokens } from "../auth/sessionTokens.ts";
import type { TokenVerifier } from "../auth/tokens.ts";
import type { UseCounts } from "../auth/useCounts.ts";
import type { EpochMs } from "../domain/reading.ts";
import type { Statistics } from "../domain/statistics.ts";
import type { Ingest } from "../ingest/ingest.ts";
import type { Bus } from "../live/bus.ts";
import type { Limits } from "../settings/limits.ts";
import type { Settings } from "../settings/settings.ts";
import type { Directory } from "../storage/directory.ts";
import type { ReadingStore } from "../storage/readingStore.ts";
import type { RoomId } from "../storage/rooms.ts";
import type { FaultLog } from "./faultLog.ts";
import type { LiveSockets, RightKind, SocketData } from "./liveSockets.ts";
import type { ResponseCounts } from "./responseCounts.ts";
import type { RoomFeeds } from "./rooms/roomFeeds.ts";
import type { SharedAnswers } from "./sharedAnswers.ts";

/** What endpoints work with. Everything in it is made in server.ts. */
export interface Context {
  readonly settings: Settings;
  readonly limits: Limits;
  readonly clock: () => EpochMs;
  readonly store: ReadingStore;
  readonly directory: Directory;
  readonly bus: Bus;
  readonly ingest: Ingest;
  readonly verifier: TokenVerifier;
  readonly sessionTokens: SessionTokens;
  /** How often tokens are used. */
  readonly uses: UseCounts;
  readonly erasures: Erasing;
  /** What apps ask for, and nobody has decided yet. */
  readonly appRequests: AppRequests;
  readonly accounts: Accounts;
  readonly sockets: LiveSockets;
  readonly roomFeeds: RoomFeeds;
  readonly control: Control;
  readonly log: Log;
  readonly faults: FaultLog;
  readonly responses: ResponseCounts;
  /** One reckoning at a time for each user and range. */
  readonly statistics: SharedAnswers<Statistics | undefined>;
  /** True once the server has begun to stop. */
  readonly stopping: () => boolean;
  /** True while this machine leads apps with Pulsoid's hosts built in here (docs/dropin.md). */
  readonly leadsPulsoidHosts: () => boolean;
  /** The address of this server's own pages. */
  readonly ownUrl: () => URL;
}

/** Carries out erasures. */
export interface Erasing {
  /** Finishes all that have begun by now. @throws what the engines throw; they are tried again then */
  finish(): Promise<void>;
}

/** What became of the control data: profiles, tokens, rooms. */
export interface Control {
  /** Changes with every change that is known here. */
  readonly revision: number;
  /** Whoever changes something calls this afterwards: what it took away then ends at once, and rooms hear of it. */
  announce(change: ControlChange): void;
  /** Looks at the same once more, though nothing changed: some of it was looked up before a change. */
  lookAgain(change: ControlChange): void;
}

/** What a change may have touched. */
export interface ControlChange {
  /** Kinds of rights of which some may have ended. */
  readonly rights?: readonly RightKind[];
  /** The rooms that are another now; all of them where nobody knows which. */
  readonly rooms?: readonly RoomId[] | "all";
}

/** The part of the logger that is used; messages and fields never hold a token. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** The listener through which a request came. */
export interface Arrival {
  /** Turns a request into a socket. @returns false when the request is not a WebSocket handshake */
  upgrade(request: Request, data: SocketData): boolean;
  /** The address at the other end of the connection; undefined when it has gone. */
  peerOf(request: Request): string | undefined;
}

/** The words of the path for which the route has a name, such as `id` of `/api/v1/widgets/:id`. */
export type PathParameters = Readonly<Record<string, string>>;

/** One request on its way to one endpoint. */
export interface Call {
  readonly request: Request;
  readonly context: Context;
  readonly arrival: Arrival;
  readonly parameters: PathParameters;
  readonly arrivedAt: EpochMs;
  /** The revision of the tokens before any was looked up for this call. */
  readonly tokenRevision: number;
}

/** Answers a call; undefined when the request became a socket. */
export type Endpoint = (call: Call) => Response | undefined | Promise<Response | undefined>;
