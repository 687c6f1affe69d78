import { type CompiledQuery, type Kysely, sql } from "kysely";
import type { ControlTables } from "./controlTables.ts";
import type { TokenUseCount, TokenUses } from "./tokenUses.ts";
import type { TrailDetails } from "./trail.ts";

/** Tokens that one statement counts: it takes a millisecond or two, after which other work of this thread goes on. */
const TOKENS_A_STATEMENT = 100;

/** No token and no grant has this number: it fills a statement that has more places than tokens. */
const NOBODY = -1;

/** How often tokens were used, on any engine that Kysely speaks to. */
export class SqlTokenUses implements TokenUses {
  readonly #database: Kysely<ControlTables>;
  /** Built once: building them costs more than carrying them out. */
  readonly #addToTokens: CompiledQuery;
  readonly #addToGrants: CompiledQuery;

  constructor(database: Kysely<ControlTables>) {
    this.#database = database;
    this.#addToTokens = addingTo("id").compile(database);
    this.#addToGrants = addingTo("grant_id").compile(database);
  }

  async add(counts: readonly TokenUseCount[], unknown: readonly number[]): Promise<void> {
    await this.#database.transaction().execute(async (transaction) => {
      await recordFirstUses(transaction, counts, unknown);
      const byHand = counts.filter(({ grant }) => grant === undefined);
      await addAll(transaction, this.#addToTokens, byHand, ({ token }) => token);
      const ofApps = counts.filter(({ grant }) => grant !== undefined);
      await addAll(transaction, this.#addToGrants, ofApps, ({ grant = NOBODY }) => grant);
    });
  }
}

async function addAll(
  transaction: Kysely<ControlTables>,
  statement: CompiledQuery,
  counts: readonly TokenUseCount[],
  keyOf: (count: TokenUseCount) => number,
): Promise<void> {
  // A statement changes a row once, whatever its list says of it.
  const merged = [...Map.groupBy(counts, keyOf)].map(([key, same]) => valuesOf(key, same));
  for (let from = 0; from < merged.length; from += TOKENS_A_STATEMENT) {
    const parameters = merged.slice(from, from + TOKENS_A_STATEMENT).flat();
    while (parameters.length < TOKENS_A_STATEMENT * COLUMNS) parameters.push(NOBODY);
    await transaction.executeQuery({ ...statement, parameters });
    await nextTurn();
  }
}

function valuesOf(key: number, counts: readonly TokenUseCount[]): number[] {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return [
    key,
    sum(counts.map(({ reads }) => reads)),
    sum(counts.map(({ writes }) => writes)),
    Math.min(...counts.map(({ firstAt }) => firstAt)),
    Math.max(...counts.map(({ lastReadAt }) => lastReadAt)),
    Math.max(...counts.map(({ lastWrittenAt }) => lastWrittenAt)),
  ];
}

const COLUMNS = 6;

/** One statement for as many rows as there are places in it. Both engines name the columns of a list of values so. */
function addingTo(column: "id" | "grant_id") {
  const typed = sql.join(Array.from({ length: COLUMNS }, () => sql`cast(${NOBODY} as bigint)`));
  const plain = () => sql.join(Array.from({ length: COLUMNS }, () => sql`${NOBODY}`));
  const rows = Array.from({ length: TOKENS_A_STATEMENT }, (_, place) =>
    place === 0 ? sql`(${typed})` : sql`(${plain()})`,
  );
  return sql`
    update access_token set
      read_count = access_token.read_count + used.column2,
      write_count = access_token.write_count + used.column3,
      first_used_at = coalesce(access_token.first_used_at, used.column4),
      last_read_at = case when used.column2 > 0 then used.column5 else access_token.last_read_at end,
      last_written_at = case when used.column3 > 0 then used.column6 else access_token.last_written_at end
    from (values ${sql.join(rows)}) as used
    where access_token.${sql.ref(column)} = used.column1`;
}

async function recordFirstUses(
  transaction: Kysely<ControlTables>,
  counts: readonly TokenUseCount[],
  unknown: readonly number[],
): Promise<void> {
  const firstAt = new Map(counts.map((count) => [count.token, count.firstAt]));
  for (let from = 0; from < unknown.length; from += TOKENS_A_STATEMENT) {
    const unused = await transaction
      .selectFrom("access_token")
      .leftJoin("app_grant", "app_grant.id", "access_token.grant_id")
      .leftJoin("client", "client.id", "app_grant.client_id")
      .select(["access_token.id", "access_token.profile_id", "access_token.label"])
      .select(["client.public_id as client_id", "client.name as client_name"])
      .where("access_token.id", "in", unknown.slice(from, from + TOKENS_A_STATEMENT))
      .where("access_token.first_used_at", "is", null)
      .where("access_token.profile_id", "is not", null)
      .execute();
    if (unused.length > 0) {
      const entries = unused.map((row) => ({
        at: firstAt.get(row.id) ?? 0,
        profile_id: row.profile_id,
        kind: "token_first_used" as const,
        details: JSON.stringify(detailsOf(row)),
      }));
      await transaction.insertInto("trail").values(entries).execute();
    }
    await nextTurn();
  }
}

interface UsedToken {
  readonly label: string | null;
  readonly client_id: string | null;
  readonly client_name: string | null;
}

/** What the token is for, in its maker's words, or whose it is. */
function detailsOf({ label, client_id, client_name }: UsedToken): TrailDetails {
  return {
    ...(label === null ? {} : { name: label }),
    ...(client_id === null ? {} : { client_id }),
    ...(client_name === null ? {} : { client_name }),
  };
}

/** Lets other work of this thread go on: somebody waits for an answer. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
