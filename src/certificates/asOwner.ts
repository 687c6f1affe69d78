import { statSync } from "node:fs";

/**
 * Works in a folder with the rights of its owner. Root must not use its own in a folder of somebody else: there may be
 * links in it that lead anywhere, also ones that were put there a moment ago.
 *
 * @param work all of it before it returns: nothing else in this process may run with these rights
 * @throws what the work throws, and when there is no such folder
 */
export function asOwnerOf<Result>(folder: string, work: () => Result): Result {
  const { uid, gid } = statSync(folder);
  const { getgroups, setgroups, setegid, seteuid } = process;
  if (process.geteuid?.() !== 0 || uid === 0 || !getgroups || !setgroups || !setegid || !seteuid)
    return work();
  const groups = getgroups();
  const ownGid = process.getegid?.() ?? 0;
  try {
    setgroups([gid]);
    setegid(gid);
    seteuid(uid);
    return work();
  } finally {
    seteuid(0);
    setegid(ownGid);
    setgroups(groups);
  }
}
