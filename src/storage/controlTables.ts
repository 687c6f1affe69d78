import type { Generated } from "kysely";
import type { Sex } from "../domain/body.ts";
import type { GrantKind } from "./grants.ts";
import type { LinkKind } from "./links.ts";
import type { TrailKind } from "./trail.ts";

/** The control data as Kysely sees it; made by the files in migrations/. Times are Unix milliseconds. */
export interface ControlTables {
  readonly profile: {
    readonly id: Generated<number>;
    readonly public_id: string;
    readonly name: string;
    readonly created_at: number;
    readonly channel: string | null;
    readonly login: string | null;
    readonly username: string | null;
    /** A day of the calendar, such as 1990-05-31. */
    readonly birth_date: string | null;
    readonly sex: Sex | null;
    readonly weight_kilograms: number | null;
    readonly person_id: string | null;
  };
  readonly room: {
    readonly id: Generated<number>;
    readonly public_id: string;
    readonly owner_id: number;
    /** A JSON object. */
    readonly configuration: string;
    readonly created_at: number;
  };
  readonly room_member: {
    readonly id: Generated<number>;
    readonly room_id: number;
    readonly profile_id: number;
    /** A JSON object. */
    readonly configuration: string;
    readonly joined_at: number;
  };
  readonly widget: {
    readonly id: Generated<number>;
    readonly public_id: string;
    readonly profile_id: number;
    readonly meta_id: string;
    readonly name: string;
    /** A JSON object. */
    readonly configuration: string;
    readonly created_at: number;
  };
  readonly widget_link: {
    readonly id: Generated<number>;
    readonly widget_id: number;
    readonly token_id: number | null;
    readonly opened_at: number;
  };
  readonly room_invitation: {
    readonly id: Generated<number>;
    readonly room_id: number;
    /** SHA-256 of the code in lower-case hexadecimal. */
    readonly code_hash: string;
    readonly created_at: number;
    readonly expires_at: number;
    readonly token_id: number | null;
  };
  readonly access_token: {
    readonly id: Generated<number>;
    readonly hash: string;
    readonly profile_id: number | null;
    readonly client_id: string;
    /** Scopes separated by spaces. */
    readonly scopes: string;
    readonly label: string | null;
    readonly created_at: number;
    readonly expires_at: number | null;
    readonly revoked_at: number | null;
    readonly grant_id: number | null;
    readonly first_used_at: Generated<number | null>;
    readonly last_read_at: Generated<number | null>;
    readonly last_written_at: Generated<number | null>;
    readonly read_count: Generated<number>;
    readonly write_count: Generated<number>;
  };
  readonly one_time_link: {
    readonly id: Generated<number>;
    readonly kind: LinkKind;
    /** SHA-256 of the code in lower-case hexadecimal. */
    readonly code_hash: string;
    readonly profile_id: number | null;
    readonly person_id: string | null;
    readonly created_at: number;
    readonly expires_at: number;
  };
  readonly trail: {
    readonly id: Generated<number>;
    readonly at: number;
    readonly profile_id: number | null;
    readonly kind: TrailKind;
    /** A JSON object. */
    readonly details: string;
  };
  readonly client: {
    readonly id: Generated<number>;
    readonly public_id: string;
    readonly name: string;
    readonly owner_id: number | null;
    readonly secret_hash: string | null;
    /** A JSON array. */
    readonly redirect_uris: string;
    readonly implicit: Flag;
    readonly adopted: Flag;
    readonly created_at: number;
  };
  readonly client_pin: {
    readonly id: Generated<number>;
    readonly client_id: number;
    readonly profile_id: number;
    readonly secret_hash: string;
    readonly pinned_at: number;
  };
  readonly app_grant: {
    readonly id: Generated<number>;
    readonly client_id: number;
    readonly profile_id: number | null;
    readonly kind: GrantKind;
    /** Scopes separated by spaces. */
    readonly scopes: string;
    readonly created_at: number;
    readonly revoked_at: number | null;
  };
  readonly authorization_code: {
    readonly id: Generated<number>;
    readonly code_hash: string;
    readonly client_id: number;
    readonly profile_id: number;
    readonly redirect_uri: string;
    readonly redirect_uri_given: Flag;
    readonly scopes: string;
    readonly code_challenge: string | null;
    readonly created_at: number;
    readonly expires_at: number;
    readonly used_at: number | null;
    readonly grant_id: number | null;
  };
  readonly refresh_token: {
    readonly id: Generated<number>;
    readonly hash: string;
    readonly grant_id: number;
    readonly created_at: number;
    readonly expires_at: number;
    readonly rotated_at: number | null;
    readonly sealed_answer: string | null;
  };
  readonly device_request: {
    readonly id: Generated<number>;
    readonly device_code_hash: string;
    readonly user_code_hash: string;
    readonly client_id: number;
    readonly profile_id: number | null;
    readonly scopes: string;
    readonly created_at: number;
    readonly expires_at: number;
    readonly outcome: "granted" | "denied" | null;
    readonly issued_at: number | null;
  };
  /** better-auth's tables, of which we ask for little ourselves. Its times are ISO 8601 in SQLite. */
  readonly person: {
    readonly id: string;
    readonly name: string;
    readonly email: string;
  };
  readonly sign_in_session: {
    readonly id: string;
    readonly person_id: string;
    readonly created_at: string;
  };
  readonly sign_in_method: {
    readonly id: string;
    readonly person_id: string;
    readonly provider_id: string;
  };
}

/** Whether something is so: no type of truth values is one that both engines have. */
export type Flag = 0 | 1;
