import type { EpochMs, ProfileId } from "../domain/reading.ts";

/** Numbers the clients of one directory. */
export type ClientNumber = number & { readonly __brand: "ClientNumber" };

/** An app that people may let read or write their heart (an OAuth client, RFC 6749 section 2). */
export interface Client {
  readonly id: ClientNumber;
  /** The `client_id` of the wire: a UUID. */
  readonly publicId: string;
  readonly name: string;
  /** Who registered it; absent for one that was adopted, or made by the operator. */
  readonly owner?: ProfileId;
  /** SHA-256 of its secret; absent for a public client. */
  readonly secretHash?: string;
  readonly redirectUris: readonly string[];
  /** Whether it may use the implicit grant. */
  readonly implicit: boolean;
  /** Whether Pulsoid gave it its id, and nobody here vouches for it. */
  readonly adopted: boolean;
  readonly createdAt: EpochMs;
}

export interface NewClient extends Omit<Client, "id"> {
  /** How many one owner may have. */
  readonly ownedMax?: number;
}

/** New values of some fields; null takes the secret away. */
export type ClientChanges = Partial<Pick<Client, "name" | "redirectUris" | "implicit">> & {
  readonly secretHash?: string | null;
};

/** The secret that an adopted client showed for one person, and has to show again. */
export interface PinnedSecret {
  readonly secretHash: string;
  readonly pinnedAt: EpochMs;
}

export interface Clients {
  /** @returns undefined when the owner has as many as may be */
  create(client: NewClient): Promise<Client | undefined>;

  /** The adopted client of this id; it is made where there is none, once, however many ask for it at the same time. */
  adopt(publicId: string, name: string, now: EpochMs): Promise<Client>;

  find(publicId: string): Promise<Client | undefined>;

  findByNumber(client: ClientNumber): Promise<Client | undefined>;

  listOwned(owner: ProfileId): Promise<readonly Client[]>;

  /** @returns false when there is no such client */
  change(client: ClientNumber, changes: ClientChanges): Promise<boolean>;

  /**
   * Deletes a client with everything that was granted to it, and records in the trail of each person who had allowed it something
   * that it is gone.
   *
   * @returns false when there is no such client
   */
  remove(client: Client, now: EpochMs): Promise<boolean>;

  findPin(client: ClientNumber, profile: ProfileId): Promise<PinnedSecret | undefined>;

  /** Pins a secret unless one is pinned. @returns the hash that is pinned afterwards */
  pin(client: ClientNumber, profile: ProfileId, secretHash: string, now: EpochMs): Promise<string>;

  /** @returns false when none was pinned */
  unpin(client: ClientNumber, profile: ProfileId): Promise<boolean>;
}
