import type { EpochMs } from "../../domain/reading.ts";
import type { Limits } from "../../settings/limits.ts";
import type { Settings } from "../../settings/settings.ts";
import type { Directory, Profile } from "../../storage/directory.ts";
import type { Person } from "../../storage/people.ts";
import type { TrailDetails, TrailKind } from "../../storage/trail.ts";
import { SenderBudget } from "../senderBudget.ts";
import type { SessionTokens } from "../sessionTokens.ts";
import { AccountRefused } from "./accountRefused.ts";
import { Attempts } from "./attempts.ts";
import type { BetterAuth } from "./betterAuth.ts";
import { OUTSIDE_PROVIDER, type OutsideProvider, outsideProviderOf } from "./outsideProvider.ts";
import { type PasswordCost, Passwords } from "./passwords.ts";
import { keptSecret } from "./secret.ts";
import { permits } from "./signUpPermit.ts";
import { headersOf, type Visit } from "./visit.ts";

export interface AccountsParts {
  readonly settings: Settings;
  readonly limits: Limits;
  readonly clock: () => EpochMs;
  readonly directory: Directory;
  readonly sessionTokens: SessionTokens;
  /** Called after sign-in sessions ended, so that what hangs on them ends too. */
  readonly sessionsEnded: () => void;
  /** Told of faults that nobody waits for. */
  readonly report: (fault: unknown) => void;
  /** Absent for what a server should take. */
  readonly passwordCost?: PasswordCost | undefined;
}

/** A sign-in session that holds. */
export interface SignInSession {
  readonly id: string;
  readonly person: Person;
  readonly signedInAt: EpochMs;
  readonly expiresAt: EpochMs;
  /** What the browser is to keep, as `Set-Cookie` headers. */
  readonly cookies: readonly string[];
}

/** How long after signing in a person may do what a thief of their browser must not. */
export const FRESH_MS = 600_000;

/** What a provider takes to answer is not ours to bear: the person is told to try again. */
const OUTSIDE_START_MS_MAX = 10_000;

/**
 * Who has an account here. better-auth does the work; it is loaded when somebody first needs it, because it takes half a
 * second and 35 MB that a server without accounts need not spend.
 */
export class Accounts {
  readonly parts: AccountsParts;
  readonly attempts: Attempts;
  /** Good sign-ins, by person: each is an entry of a trail from which nothing is taken. */
  readonly signIns: SenderBudget;
  readonly passwords: Passwords;
  readonly outside: OutsideProvider | undefined;
  /** By origin and whether the outside provider is among the ways in, oldest first. */
  readonly #instances = new Map<string, Promise<BetterAuth>>();
  #secret: string | undefined;

  constructor(parts: AccountsParts) {
    this.parts = parts;
    this.attempts = new Attempts(parts.limits, parts.clock);
    this.signIns = new SenderBudget(parts.limits.signInsPerMinuteMax);
    this.passwords = new Passwords(parts.limits, parts.passwordCost);
    this.outside = outsideProviderOf(parts.settings);
  }

  /** better-auth for an origin: names of cookies, passkeys and addresses go by it. */
  at(origin: string): Promise<BetterAuth> {
    return this.#instance(origin, origin, undefined);
  }

  /**
   * The same with the outside provider, of whose configuration it asks the provider at the start. Apart, so that a provider that
   * is down or slow is in nobody's way who signs in by password.
   *
   * @throws AccountRefused when there is none, or it does not answer as it should
   */
  async withOutside(origin: string): Promise<BetterAuth> {
    const { outside } = this;
    if (outside === undefined) throw new AccountRefused("no outside provider");
    const key = `outside ${origin}`;
    const starting = this.#instance(key, origin, outside).then(async (auth) => {
      const found = (await auth.$context).socialProviders.find(({ id }) => id === OUTSIDE_PROVIDER);
      if (found?.issuer !== outside.issuer) throw new AccountRefused("outside provider silent");
      return auth;
    });
    try {
      return await within(starting, OUTSIDE_START_MS_MAX);
    } catch (cause) {
      // What it was told, or not, at its start stays with an instance: the next one asks again.
      this.#instances.delete(key);
      throw new AccountRefused("outside provider silent", { cause });
    }
  }

  /** The session of a visit's cookie; undefined where there is none that holds. */
  async session(visit: Visit): Promise<SignInSession | undefined> {
    if (visit.cookie === null) return undefined;
    const auth = await this.#anyAt(visit.origin);
    const { headers, response } = await auth.api.getSession({
      headers: await this.headers(visit),
      returnHeaders: true,
    });
    if (response === null) return undefined;
    const { session, user } = response;
    return {
      id: session.id,
      person: { id: user.id, name: user.name, email: user.email },
      signedInAt: session.createdAt.getTime() as EpochMs,
      expiresAt: session.expiresAt.getTime() as EpochMs,
      cookies: headers.getSetCookie(),
    };
  }

  /** @throws AccountRefused when nobody is signed in */
  async requireSession(visit: Visit): Promise<SignInSession> {
    const session = await this.session(visit);
    if (session === undefined) throw new AccountRefused("signed out");
    return session;
  }

  /** @throws AccountRefused when nobody is signed in, or did so too long ago */
  async requireFresh(visit: Visit): Promise<SignInSession> {
    const session = await this.requireSession(visit);
    if (this.parts.clock() - session.signedInAt > FRESH_MS) throw new AccountRefused("stale sign-in");
    return session;
  }

  async headers(visit: Visit): Promise<Headers> {
    return headersOf(visit, (await import("./betterAuth.ts")).ADDRESS_HEADER);
  }

  profileOf(person: Person): Promise<Profile> {
    return this.parts.directory.people.profileOf(person, this.parts.clock());
  }

  /** Ends the pages' tokens of a session that is gone, and looks for others. */
  ended(sessionId?: string): void {
    if (sessionId !== undefined) this.parts.sessionTokens.end(sessionId);
    this.parts.sessionsEnded();
  }

  async record(person: Person, kind: TrailKind, details: TrailDetails): Promise<void> {
    const { directory, clock } = this.parts;
    const profile = (await this.profileOf(person)).id;
    await directory.trail.record({ at: clock(), profile, kind, details });
  }

  /**
   * One that is ready for this scheme, else the one for the origin. Whose a cookie is does not depend on the server's name and port,
   * and anybody may send cookies under any port: making one for each would keep the server busy for whoever wants that.
   */
  #anyAt(origin: string): Promise<BetterAuth> {
    const { protocol } = new URL(origin);
    const ready = this.#instances.entries().find(([key]) => key.startsWith(protocol));
    return ready === undefined ? this.at(origin) : ready[1];
  }

  #instance(key: string, origin: string, outside: OutsideProvider | undefined): Promise<BetterAuth> {
    const known = this.#instances.get(key);
    if (known !== undefined) return known;
    const made = this.#make(origin, outside);
    this.#instances.set(key, made);
    // What failed is tried again by whoever comes next.
    made.catch(() => this.#instances.delete(key));
    if (this.#instances.size > this.parts.limits.accountOriginsMax) {
      this.#instances.delete(this.#instances.keys().next().value as string);
    }
    return made;
  }

  async #make(origin: string, outside: OutsideProvider | undefined): Promise<BetterAuth> {
    const { settings, directory, report } = this.parts;
    this.#secret ??= settings.secret ?? keptSecret(settings.data);
    const { makeBetterAuth } = await import("./betterAuth.ts");
    return makeBetterAuth({
      origin,
      database: directory.people.database,
      secret: this.#secret,
      passwords: this.passwords,
      permit: () => permits.getStore(),
      outsideLinked: (person) => this.#outsideLinked(person),
      ...(outside === undefined ? {} : { outside }),
      report: (kind) => report(new Error(`the accounts failed within: ${kind}`)),
    });
  }

  async #outsideLinked(id: string): Promise<void> {
    const person = await this.parts.directory.people.find(id);
    const name = this.outside?.name ?? "";
    if (person !== undefined) await this.record(person, "outside_sign_in_linked", { name });
  }
}

/** @throws Error when it takes longer */
export async function within<Result>(work: Promise<Result>, msMax: number): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`it took longer than ${msMax} ms`)), msMax);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
