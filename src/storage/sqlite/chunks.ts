import type { Database } from "bun:sqlite";

/** Pieces of about an eighth of a page fill pages nearly to their end; whole hours would leave up to half of each empty. */
const CHUNK_BYTES = 500;

/** Numbers that each value has for its pieces; a longer value has longer pieces. */
const CHUNKS_MAX = 1024;

/** Long values in pieces, numbered in the order in which they were first written: new ones go to the end of the table. */
export class Chunks {
  readonly #select;
  readonly #selectLast;
  readonly #insert;
  readonly #delete;

  constructor(database: Database) {
    this.#select = database.prepare<{ packed: Uint8Array }, [number, number]>(
      "SELECT packed FROM sealed_readings WHERE id BETWEEN ? AND ? ORDER BY id",
    );
    this.#selectLast = database.prepare<{ last: number | null }, []>(
      "SELECT max(id) AS last FROM sealed_readings",
    );
    this.#insert = database.prepare<null, [number, Uint8Array]>("INSERT INTO sealed_readings VALUES (?, ?)");
    this.#delete = database.prepare<null, [number, number]>(
      "DELETE FROM sealed_readings WHERE id BETWEEN ? AND ?",
    );
  }

  read(value: number): Uint8Array {
    const pieces = this.#select.all(...range(value)).map(({ packed }) => packed);
    return pieces.length === 1 ? (pieces[0] as Uint8Array) : Buffer.concat(pieces);
  }

  /** @returns the number of a new value */
  add(bytes: Uint8Array): number {
    const value = Math.floor((this.#selectLast.get()?.last ?? 0) / CHUNKS_MAX) + 1;
    const length = Math.max(CHUNK_BYTES, Math.ceil(bytes.length / CHUNKS_MAX));
    for (let from = 0, chunk = 0; from < bytes.length; from += length, chunk++) {
      this.#insert.run(value * CHUNKS_MAX + chunk, bytes.subarray(from, from + length));
    }
    return value;
  }

  delete(value: number): void {
    this.#delete.run(...range(value));
  }
}

function range(value: number): [first: number, last: number] {
  return [value * CHUNKS_MAX, (value + 1) * CHUNKS_MAX - 1];
}
