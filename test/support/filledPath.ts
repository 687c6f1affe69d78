/** What stands for any word of a path: ids are UUIDs, and nothing has this one. */
const SOME_ID = "6f1d2b8a-3c4e-4f50-8a61-7b2c9d0e1f23";

/** A route's path with a word in the place of each parameter. */
export function filled(path: string): string {
  return path.replace(/:\w+/g, SOME_ID);
}
