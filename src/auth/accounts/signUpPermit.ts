import { AsyncLocalStorage } from "node:async_hooks";
import type { EpochMs } from "../../domain/reading.ts";
import type { Settings } from "../../settings/settings.ts";
import type { OneTimeLink, OneTimeLinks } from "../../storage/links.ts";
import { AccountRefused } from "./accountRefused.ts";

export type SignUpMode = Settings["signUp"];

/** Where the code of a link waits while somebody is at the outside provider: its hash, in the encrypted state. */
export const CODE_HASH_STATE = "linkCodeHash";

/** The permit of the sign-up that goes on; better-auth's hooks find it here. */
export const permits = new AsyncLocalStorage<SignUpPermit>();

/**
 * Whether a new account may be made. A link is used up at the moment when the account is made, of any number at once by one; when
 * it is not made after all, the link is given back.
 */
export class SignUpPermit {
  readonly #mode: SignUpMode;
  readonly #links: OneTimeLinks;
  readonly #clock: () => EpochMs;
  readonly #codeHash: string | undefined;
  #taken: { readonly link: OneTimeLink; readonly codeHash: string } | undefined;
  /** Whose account was made. */
  person: string | undefined;
  refusal: AccountRefused | undefined;

  constructor(mode: SignUpMode, links: OneTimeLinks, clock: () => EpochMs, codeHash?: string) {
    this.#mode = mode;
    this.#links = links;
    this.#clock = clock;
    this.#codeHash = codeHash;
  }

  /** The link that was used up. */
  get link(): OneTimeLink | undefined {
    return this.#taken?.link;
  }

  /**
   * @param carried the hash of a code that waited while the person was at the outside provider
   * @throws AccountRefused when no account may be made; it is kept too, because better-auth puts its own in its place
   */
  async use(carried: string | undefined): Promise<void> {
    try {
      const codeHash = this.#codeHash ?? carried;
      requireSignUp(
        this.#mode,
        codeHash !== undefined,
        codeHash && (await this.#links.find(codeHash, this.#clock())),
      );
      if (codeHash === undefined) return;
      const link = await this.#links.take(codeHash, this.#clock());
      if (link === undefined) throw new AccountRefused("sign-up link over");
      this.#taken = { link, codeHash };
    } catch (error) {
      if (error instanceof AccountRefused) this.refusal = error;
      throw error;
    }
  }

  made(person: string): void {
    this.person = person;
  }

  /** Gives a link back that was used up for an account that was not made. */
  async end(): Promise<void> {
    if (this.#taken === undefined || this.person !== undefined) return;
    const { link, codeHash } = this.#taken;
    this.#taken = undefined;
    const { id: _, ...rest } = link;
    await this.#links.create({ ...rest, codeHash });
  }
}

/**
 * @param link what was found by the code
 * @throws AccountRefused when no account may be made by it. The operator's claim link is good in every mode.
 */
export function requireSignUp(mode: SignUpMode, hasCode: boolean, link: OneTimeLink | "" | undefined): void {
  if (!hasCode && mode === "open") return;
  if (!hasCode) throw new AccountRefused(mode === "closed" ? "sign-up closed" : "invitation needed");
  if (!link || link.kind === "reset") throw new AccountRefused("sign-up link over");
  if (link.kind === "invitation" && mode === "closed") throw new AccountRefused("sign-up closed");
}
