/**
 * Makes the first who look something up wait for each other: all of them have looked before any goes on. Otherwise requests of one
 * process run after each other, however many are sent at once, and a race between them is never seen.
 */
export function meetAfter<Method extends string>(
  port: { readonly [Name in Method]: (key: string) => Promise<unknown> },
  method: Method,
  count: number,
): void {
  const look = port[method].bind(port);
  const met = Promise.withResolvers<void>();
  let looked = 0;
  const lookAndWait = async (key: string) => {
    const found = await look(key);
    looked++;
    if (looked === count) met.resolve();
    if (looked <= count) await met.promise;
    return found;
  };
  Object.assign(port, { [method]: lookAndWait });
}
