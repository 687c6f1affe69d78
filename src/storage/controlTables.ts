import type { Generated } from "kysely";

/** The control data as Kysely sees it; made by the files in migrations/. Times are Unix milliseconds. */
export interface ControlTables {
  readonly profile: {
    readonly id: Generated<number>;
    readonly public_id: string;
    readonly name: string;
    readonly created_at: number;
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
  };
}
