import type { CompiledQuery, Kysely, Selectable } from "kysely";
import type { EpochMs, ProfileId } from "../domain/reading.ts";
import { parseScopes } from "../domain/scopes.ts";
import type { Clients } from "./clients.ts";
import type { ControlTables } from "./controlTables.ts";
import type { DeviceRequests } from "./deviceRequests.ts";
import type {
  DetailedProfile,
  Directory,
  NewToken,
  Profile,
  TokenListing,
  TokenRecord,
} from "./directory.ts";
import type { Erasures } from "./erasures.ts";
import type { GrantId, Grants } from "./grants.ts";
import type { OneTimeLinks } from "./links.ts";
import type { OwnTokens } from "./ownTokens.ts";
import type { AccountDatabase, People } from "./people.ts";
import type { PersonalData } from "./personalData.ts";
import type { DetailChanges, ProfileDetails } from "./profileDetails.ts";
import type { Rooms } from "./rooms.ts";
import type { SignIns } from "./signIns.ts";
import { inChunks } from "./sqlChunks.ts";
import { SqlClients } from "./sqlClients.ts";
import { SqlDeviceRequests } from "./sqlDeviceRequests.ts";
import { SqlErasures } from "./sqlErasures.ts";
import { SqlGrants } from "./sqlGrants.ts";
import { SqlLinks } from "./sqlLinks.ts";
import { insertToken, SqlOwnTokens } from "./sqlOwnTokens.ts";
import { SqlPeople } from "./sqlPeople.ts";
import { SqlPersonalData } from "./sqlPersonalData.ts";
import { SqlRooms } from "./sqlRooms.ts";
import { SqlSignIns } from "./sqlSignIns.ts";
import { SqlTokenUses } from "./sqlTokenUses.ts";
import { SqlTrail } from "./sqlTrail.ts";
import { SqlWidgets } from "./sqlWidgets.ts";
import type { TokenUses } from "./tokenUses.ts";
import type { Trail } from "./trail.ts";
import type { Widgets } from "./widgets.ts";

/** The directory on any engine that Kysely speaks to. What differs between engines is in the subclass. */
export abstract class SqlDirectory implements Directory {
  protected readonly database: Kysely<ControlTables>;

  /** Built once: after a restart everybody's token is looked up, and building it costs more than the look-up itself. */
  readonly #tokenByHash: CompiledQuery<TokenRow>;

  readonly rooms: Rooms;
  readonly widgets: Widgets;
  readonly people: People;
  readonly signIns: SignIns;
  readonly links: OneTimeLinks;
  readonly clients: Clients;
  readonly grants: Grants;
  readonly deviceRequests: DeviceRequests;
  readonly trail: Trail;
  readonly ownTokens: OwnTokens;
  readonly tokenUses: TokenUses;
  readonly personalData: PersonalData;
  readonly erasures: Erasures;

  constructor(database: Kysely<ControlTables>, engine: AccountDatabase["type"]) {
    this.database = database;
    this.#tokenByHash = this.#tokens()
      .where("access_token.hash", "=", "")
      .where("access_token.revoked_at", "is", null)
      .compile();
    this.rooms = new SqlRooms(database);
    this.widgets = new SqlWidgets(database);
    this.people = new SqlPeople(database, engine);
    this.links = new SqlLinks(database);
    this.clients = new SqlClients(database);
    this.grants = new SqlGrants(database);
    this.deviceRequests = new SqlDeviceRequests(database);
    this.trail = new SqlTrail(database);
    this.signIns = new SqlSignIns(database);
    this.ownTokens = new SqlOwnTokens(database);
    this.tokenUses = new SqlTokenUses(database);
    this.personalData = new SqlPersonalData(database);
    this.erasures = new SqlErasures(database, () => this.overwriteDeleted());
  }

  /** Makes deleted rows unreadable in the engine's files. */
  protected abstract overwriteDeleted(): Promise<void>;

  abstract watch(onChange: () => void, onError: (error: unknown) => void): () => void;

  async findToken(hash: string): Promise<TokenRecord | undefined> {
    const query = { ...this.#tokenByHash, parameters: [hash] };
    const [row] = (await this.database.executeQuery<TokenRow>(query)).rows;
    return row === undefined ? undefined : toRecord(row);
  }

  async findUnrevoked(ids: readonly number[]): Promise<ReadonlySet<number>> {
    const rows = await inChunks(ids, (chunk) =>
      this.database
        .selectFrom("access_token")
        .select("id")
        .where("id", "in", chunk)
        .where("revoked_at", "is", null)
        .execute(),
    );
    return new Set(rows.map(({ id }) => id));
  }

  createToken(token: NewToken): Promise<number> {
    return insertToken(this.database, token);
  }

  async listTokens(): Promise<readonly TokenListing[]> {
    const rows = await this.#tokens().orderBy("access_token.id").execute();
    return rows.map((row) => ({
      ...toRecord(row),
      createdAt: row.created_at as EpochMs,
      ...(row.label === null ? {} : { label: row.label }),
      ...(row.revoked_at === null ? {} : { revokedAt: row.revoked_at as EpochMs }),
    }));
  }

  async revokeToken(id: number, now: EpochMs): Promise<boolean> {
    const { numUpdatedRows } = await this.database
      .updateTable("access_token")
      .set({ revoked_at: now })
      .where("id", "=", id)
      .where("revoked_at", "is", null)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  async findProfile(name: string): Promise<Profile | undefined> {
    const row = await this.database
      .selectFrom("profile")
      .select(["id", "public_id", "name"])
      .where("name", "=", name)
      .executeTakeFirst();
    return row === undefined ? undefined : toProfile(row);
  }

  async createProfile(name: string, now: EpochMs): Promise<Profile> {
    const publicId = crypto.randomUUID();
    const { id } = await this.database
      .insertInto("profile")
      .values({ public_id: publicId, name, created_at: now })
      .returning("id")
      .executeTakeFirstOrThrow();
    return { id: id as ProfileId, publicId, name };
  }

  async findOrCreateProfile(name: string, now: EpochMs): Promise<Profile> {
    const known = await this.findProfile(name);
    if (known !== undefined) return known;
    await this.database
      .insertInto("profile")
      .values({ public_id: crypto.randomUUID(), name, created_at: now })
      .onConflict((conflict) => conflict.column("name").doNothing())
      .execute();
    const made = await this.findProfile(name);
    if (made === undefined) throw new Error("The profile was deleted while it was made.");
    return made;
  }

  async listProfiles(): Promise<readonly DetailedProfile[]> {
    const rows = await this.database.selectFrom("profile").selectAll().orderBy("id").execute();
    return rows.map((row) => ({
      ...toProfile(row),
      createdAt: row.created_at as EpochMs,
      details: toDetails(row),
    }));
  }

  async findDetails(profile: ProfileId): Promise<ProfileDetails> {
    const row = await this.database
      .selectFrom("profile")
      .selectAll()
      .where("id", "=", profile)
      .executeTakeFirstOrThrow();
    return toDetails(row);
  }

  async changeDetails(profile: ProfileId, changes: DetailChanges): Promise<void> {
    const columns = Object.entries(changes).map(([name, value]) => [
      DETAIL_COLUMNS[name as keyof ProfileDetails],
      value,
    ]);
    if (columns.length === 0) return;
    await this.database
      .updateTable("profile")
      .set(Object.fromEntries(columns))
      .where("id", "=", profile)
      .execute();
  }

  async hasTokens(): Promise<boolean> {
    const row = await this.database.selectFrom("access_token").select("id").limit(1).executeTakeFirst();
    return row !== undefined;
  }

  async close(): Promise<void> {
    await this.database.destroy();
  }

  #tokens() {
    return this.database
      .selectFrom("access_token")
      .leftJoin("profile", "profile.id", "access_token.profile_id")
      .selectAll("access_token")
      .select(["profile.name as profile_name", "profile.public_id as profile_public_id"]);
  }
}

function toProfile(row: Pick<ProfileRow, "id" | "public_id" | "name">): Profile {
  return { id: row.id as ProfileId, publicId: row.public_id, name: row.name };
}

const DETAIL_COLUMNS = {
  channel: "channel",
  login: "login",
  username: "username",
  birthDate: "birth_date",
  sex: "sex",
  weightKilograms: "weight_kilograms",
} as const satisfies Record<keyof ProfileDetails, keyof ProfileRow>;

function toDetails(row: ProfileRow): ProfileDetails {
  const known = Object.entries(DETAIL_COLUMNS).filter(([, column]) => row[column] !== null);
  return Object.fromEntries(known.map(([name, column]) => [name, row[column]]));
}

type ProfileRow = Selectable<ControlTables["profile"]>;

type TokenRow = Selectable<ControlTables["access_token"]> & {
  readonly profile_name: string | null;
  readonly profile_public_id: string | null;
};

function toRecord(row: TokenRow): TokenRecord {
  const { known } = parseScopes(row.scopes);
  return {
    id: row.id,
    clientId: row.client_id,
    scopes: known,
    ...(row.profile_id === null
      ? {}
      : {
          profile: {
            id: row.profile_id as ProfileId,
            publicId: row.profile_public_id as string,
            name: row.profile_name as string,
          },
        }),
    ...(row.expires_at === null ? {} : { expiresAt: row.expires_at as EpochMs }),
    ...(row.grant_id === null ? {} : { grant: row.grant_id as GrantId }),
  };
}
