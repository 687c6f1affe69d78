import { describe, expect, test } from "bun:test";
import { UseCounts } from "../../src/auth/useCounts.ts";
import type { EpochMs } from "../../src/domain/reading.ts";
import type { TokenRecord } from "../../src/storage/directory.ts";
import type { TokenUseCount } from "../../src/storage/tokenUses.ts";

/** A directory that keeps what it is told, or fails. */
class Told {
  readonly counts: TokenUseCount[] = [];
  readonly unknown: (readonly number[])[] = [];
  fails = false;

  async add(counts: readonly TokenUseCount[], unknown: readonly number[]): Promise<void> {
    if (this.fails) throw new Error("the disk is full");
    this.counts.push(...counts.map((count) => ({ ...count })));
    this.unknown.push(unknown);
  }
}

const at = (time: number) => time as EpochMs;
const token = (id: number): TokenRecord => ({ id, clientId: "x", scopes: [] });

describe("uses of tokens", () => {
  test("are told once, added up, with the first time and the last of each kind", async () => {
    const told = new Told();
    const uses = new UseCounts(told, 10);
    uses.wrote(token(1), at(5));
    uses.wrote(token(1), at(6));
    uses.read(token(1), at(7));
    uses.read(token(2), at(8));
    await uses.flush();
    await uses.flush();
    expect(told.counts).toMatchObject([
      { token: 1, reads: 1, writes: 2, firstAt: 5, lastReadAt: 7, lastWrittenAt: 6 },
      { token: 2, reads: 1, writes: 0, firstAt: 8, lastReadAt: 8 },
    ]);
  });

  test("are not lost while they cannot be written, nor counted twice", async () => {
    const told = new Told();
    const uses = new UseCounts(told, 10);
    uses.wrote(token(1), at(5));
    told.fails = true;
    await expect(uses.flush()).rejects.toThrow("the disk is full");
    uses.wrote(token(1), at(6));
    await expect(uses.flush()).rejects.toThrow("the disk is full");
    uses.read(token(1), at(7));
    told.fails = false;
    await uses.flush();
    expect(told.counts).toMatchObject([
      { token: 1, reads: 1, writes: 2, firstAt: 5, lastReadAt: 7, lastWrittenAt: 6 },
    ]);
  });

  test("are looked for as the first ones once for each token", async () => {
    const told = new Told();
    const uses = new UseCounts(told, 10);
    uses.wrote(token(1), at(5));
    await uses.flush();
    uses.wrote(token(1), at(6));
    uses.wrote(token(2), at(6));
    await uses.flush();
    expect(told.unknown).toEqual([[1], [2]]);
  });

  test("of a page's token are not counted: it has no row", async () => {
    const told = new Told();
    const uses = new UseCounts(told, 10);
    const session = { id: "s", number: 1, person: "p", signedInAt: at(1) };
    uses.wrote({ ...token(-1), session }, at(5));
    await uses.flush();
    expect(told.counts).toEqual([]);
  });
});

describe("the limit on tokens that are counted (countedTokensMax)", () => {
  test("is reached by as many, and one more is not counted until the next time", async () => {
    const told = new Told();
    const uses = new UseCounts(told, 2);
    for (const id of [1, 2, 3]) uses.wrote(token(id), at(5));
    uses.wrote(token(1), at(6));
    await uses.flush();
    expect(told.counts.map(({ token: id, writes }) => [id, writes])).toEqual([
      [1, 2],
      [2, 1],
    ]);
    uses.wrote(token(3), at(7));
    await uses.flush();
    expect(told.counts.at(-1)).toMatchObject({ token: 3, writes: 1 });
  });
});
