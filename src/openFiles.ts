/** What a server may have open beside its listeners: the files of its store, and connections that ask over HTTP. */
const FILES_BESIDE_LISTENERS = 1_000;

/**
 * How many files and connections this process may have open at once. Bun raises the soft limit to the hard one when it
 * starts, and what it starts inherits that: so a shell can tell.
 *
 * @returns Infinity where there is no limit, or none that can be learned
 */
export function openFilesMax(): number {
  if (process.platform === "win32") return Number.POSITIVE_INFINITY;
  try {
    const text = Bun.spawnSync(["sh", "-c", "ulimit -n"]).stdout.toString().trim();
    return /^\d+$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY;
  } catch {
    // There is no shell.
    return Number.POSITIVE_INFINITY;
  }
}

/**
 * How many listeners fit, so that one more is answered 503: a process that may open nothing more takes no connection,
 * answers nobody and is busy with that.
 */
export function listenersWithin(openFiles: number): number {
  return Math.max(Math.floor(openFiles / 2), openFiles - FILES_BESIDE_LISTENERS);
}

/** What an operator is told when fewer listeners fit than the limit allows; undefined when they do. */
export function describeFewFiles(
  openFiles: number,
  socketsMax: number,
): { readonly says: string; readonly advice: string } | undefined {
  const listeners = listenersWithin(openFiles);
  if (listeners >= socketsMax) return undefined;
  const count = (value: number) => value.toLocaleString("en");
  return {
    says: `${count(openFiles)} may be open at once, which is enough for ${count(listeners)} listeners`,
    advice: `For ${count(socketsMax)} raise the hard limit to ${socketsMax + FILES_BESIDE_LISTENERS} (ulimit -n, or LimitNOFILE of a service).`,
  };
}
