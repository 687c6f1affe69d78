import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
  SqliteDialect,
  type SqliteDialectConfig,
  SqliteDriver,
} from "kysely";

/** How long a statement waits for another process that writes to the same file. */
const PATIENCE_MS = 5_000;

/** How long it lets other work of this thread go on before it tries again. */
const PAUSE_MS = 10;

export interface PatientDialectConfig extends SqliteDialectConfig {
  /** {@link PATIENCE_MS} when absent. */
  readonly patienceMs?: number;
  /** Whether this process itself keeps the file, and is sure to let go of it: then there is no end to the waiting. */
  readonly isHeldByUs?: () => boolean;
}

/**
 * SQLite that waits for another process without holding up its thread. SQLite's own waiting is synchronous: set its
 * `busy_timeout` to a few milliseconds.
 */
export class PatientDialect extends SqliteDialect {
  readonly #config: PatientDialectConfig;

  constructor(config: PatientDialectConfig) {
    super(config);
    this.#config = config;
  }

  override createDriver(): Driver {
    return new PatientDriver(this.#config);
  }
}

class PatientDriver extends SqliteDriver {
  readonly #config: PatientDialectConfig;
  #connection: DatabaseConnection | undefined;

  constructor(config: PatientDialectConfig) {
    super(config);
    this.#config = config;
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    this.#connection ??= new PatientConnection(await super.acquireConnection(), this.#config);
    return this.#connection;
  }
}

/** A statement that was busy has done nothing, so it can be tried again. Nobody else has the connection meanwhile. */
class PatientConnection implements DatabaseConnection {
  readonly #connection: DatabaseConnection;
  readonly #patienceMs: number;
  readonly #isHeldByUs: () => boolean;

  constructor(
    connection: DatabaseConnection,
    { patienceMs = PATIENCE_MS, isHeldByUs = () => false }: PatientDialectConfig,
  ) {
    this.#connection = connection;
    this.#patienceMs = patienceMs;
    this.#isHeldByUs = isHeldByUs;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    let until = performance.now() + this.#patienceMs;
    for (;;) {
      try {
        return await this.#connection.executeQuery<Row>(query);
      } catch (error) {
        const isBusy = (error as { code?: string }).code?.startsWith("SQLITE_BUSY");
        if (this.#isHeldByUs()) until = performance.now() + this.#patienceMs;
        if (!isBusy || performance.now() >= until) throw error;
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
  }

  streamQuery<Row>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<Row>> {
    return this.#connection.streamQuery<Row>(query, chunkSize);
  }
}
