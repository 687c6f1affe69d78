/**
 * Makes the first who look something up wait for each other: all of them have looked before any goes on. Otherwise requests of one
 * process run after each other, however many are sent at once, and a race between them is never seen.
 */
export function meetAfter<Method extends string>(
  port: { readonly [Name in Method]: (...keys: never[]) => Promise<unknown> },
  method: Method,
  count: number,
): void {
  const look: (...keys: never[]) => Promise<unknown> = port[method];
  const met = Promise.withResolvers<void>();
  let looked = 0;
  const lookAndWait = async (...keys: never[]) => {
    const found = await look.apply(port, keys);
    looked++;
    if (looked === count) met.resolve();
    if (looked <= count) await met.promise;
    return found;
  };
  Object.assign(port, { [method]: lookAndWait });
}
