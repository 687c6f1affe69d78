import { AccountRefused } from "./accountRefused.ts";

/** How much an attacker pays for a guess, and a server for a sign-in. */
export interface PasswordCost {
  readonly memoryKibibytes: number;
  readonly passes: number;
}

/** What OWASP's Password Storage Cheat Sheet asks of argon2id: 19 MiB and two passes. */
export const PASSWORD_COST: PasswordCost = { memoryKibibytes: 19_456, passes: 2 };

/** Longer ones guard better than odd ones: there are no rules of composition (NIST SP 800-63B section 5.1.1). */
export const PASSWORD_CHARACTERS_MIN = 10;
export const PASSWORD_CHARACTERS_MAX = 128;

export interface PasswordLimits {
  readonly passwordHashesMax: number;
  readonly passwordHashesWaitingMax: number;
}

/** Hashes passwords by argon2id, a few at a time: each takes its memory, and a crowd of guesses would take all. */
export class Passwords {
  readonly #limits: PasswordLimits;
  readonly #options: Parameters<typeof Bun.password.hash>[1];
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(limits: PasswordLimits, { memoryKibibytes, passes }: PasswordCost = PASSWORD_COST) {
    this.#limits = limits;
    this.#options = { algorithm: "argon2id", memoryCost: memoryKibibytes, timeCost: passes };
  }

  /** @throws AccountRefused when too many wait already */
  hash(password: string): Promise<string> {
    return this.#inTurn(() => Bun.password.hash(composed(password), this.#options));
  }

  /** @throws AccountRefused when too many wait already */
  verify({ hash, password }: { readonly hash: string; readonly password: string }): Promise<boolean> {
    return this.#inTurn(() => Bun.password.verify(composed(password), hash));
  }

  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#running >= this.#limits.passwordHashesMax) {
      if (this.#waiting.length >= this.#limits.passwordHashesWaitingMax) {
        throw new AccountRefused("too many waiting");
      }
      // Whoever ends hands its place on, so that nobody slips in between.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#running++;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}

/** Keyboards differ in how they write one and the same letter (Unicode normalisation form C). */
function composed(password: string): string {
  return password.normalize("NFC");
}
