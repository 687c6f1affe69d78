import { Database } from "bun:sqlite";

/** Calls back before every statement that any connection of this process runs, BEGIN and COMMIT included. */
export function beforeEveryStatement(call: () => void): void {
  const { prepare } = Database.prototype;
  Database.prototype.prepare = function (this: Database, ...words: Parameters<typeof prepare>) {
    const prepared = prepare.apply(this, words);
    const { run } = prepared;
    prepared.run = (...parameters) => {
      call();
      return run.apply(prepared, parameters);
    };
    return prepared;
  } as typeof prepare;
}
