import type { Scope } from "../../domain/scopes.ts";

/** What the server answers to the pages, as docs/api.md has it. Times are in Unix milliseconds. */

/** `GET /session/ways` */
export interface Ways {
  readonly sign_up: "open" | "invitation" | "closed";
  readonly outside: { readonly name: string } | null;
  readonly can_sign_in: boolean;
  /** Why nobody can sign in under this address; null where they can. */
  readonly reason: string | null;
}

export interface Person {
  readonly name: string;
  readonly email: string;
}

/** `POST /session/token` */
export interface PageToken {
  readonly access_token: string;
  /** In seconds. */
  readonly expires_in: number;
  readonly person: Person;
}

/** `POST /session/link` */
export interface LinkAnswer {
  readonly kind: "claim" | "invitation" | "reset";
  /** The profile that comes with the account; null when a new one is made. */
  readonly profile: string | null;
}

export interface AskingClient {
  readonly client_id: string;
  readonly name: string;
  readonly verified: boolean;
  readonly registered_at: number | null;
  /** Whether the person has allowed it something already. */
  readonly connected: boolean;
}

/** `POST /api/heartwire/v1/authorizations/look` */
export interface AuthorizationLook {
  readonly client: AskingClient;
  readonly redirect: {
    readonly address: string | null;
    readonly kind: "web" | "loopback" | "app" | "none";
  };
  readonly scopes: readonly Scope[];
  readonly lifetime_seconds: number;
  readonly renews: boolean;
  readonly response: "code" | "token" | "web_page";
}

/** `POST /api/heartwire/v1/authorizations` */
export type AuthorizationOutcome =
  | { readonly redirect_to: string }
  | { readonly access_token: string; readonly expires_in: number }
  | { readonly denied: true };

/** `POST /api/heartwire/v1/device_authorizations/look` */
export interface DeviceLook {
  readonly client: AskingClient;
  readonly scopes: readonly Scope[];
  readonly lifetime_seconds: number;
  /** When the code is over. */
  readonly expires_at: number;
  /** Whether the device asked from the network from which this page is opened. */
  readonly same_network: boolean;
}

/** `POST /api/heartwire/v1/device_authorizations` */
export interface DeviceOutcome {
  readonly outcome: "granted" | "denied";
}

/** How often and when something was used. */
interface Use {
  readonly last_read_at: number | null;
  readonly last_written_at: number | null;
  readonly read_count: number;
  readonly write_count: number;
}

export interface ConnectedApp extends Use {
  readonly client_id: string;
  readonly name: string;
  readonly verified: boolean;
  readonly scopes: readonly Scope[];
  readonly first_granted_at: number;
  readonly last_granted_at: number;
  readonly secret_pinned: boolean;
}

export interface OwnToken extends Use {
  readonly id: number | string;
  readonly name: string | null;
  readonly scopes: readonly Scope[];
  readonly created_at: number;
  readonly expires_at: number | null;
  readonly first_used_at: number | null;
}

export interface OwnClient {
  readonly client_id: string;
  readonly name: string;
  readonly confidential: boolean;
  readonly redirect_uris: readonly string[];
  readonly implicit: boolean;
  readonly created_at: number;
}

export interface Passkey {
  readonly id: string;
  readonly name: string | null;
  readonly created_at: number | null;
}

export interface SignInSession {
  readonly id: string;
  readonly current: boolean;
  readonly created_at: number;
  readonly expires_at: number;
  readonly address: string | null;
  readonly user_agent: string | null;
}

export interface OwnProfile {
  readonly profile_id: string;
  readonly name: string;
  readonly channel: string | null;
  readonly username: string | null;
  readonly birth_date: string | null;
  readonly weight_kilograms: number | null;
  readonly sex: "female" | "male" | null;
}

/** `GET /api/heartwire/v1/account` */
export interface Account {
  readonly person: Person;
  readonly profile: OwnProfile;
  readonly sign_in_methods: {
    readonly password: boolean;
    readonly outside: { readonly name: string } | null;
    readonly passkeys: readonly Passkey[];
  };
  readonly sessions: readonly SignInSession[];
}

export interface ActivityEntry {
  readonly id: number;
  readonly at: number;
  readonly kind: string;
  readonly details: Readonly<Record<string, unknown>>;
}
