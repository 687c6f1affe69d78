/**
 * Takes items from a stream and delivers them, `inFlight` at a time; with 1 they are delivered strictly in order.
 * When the stream itself fails, what was taken before is still delivered. When a delivery fails, nothing more is
 * taken and `onFailure` is called at once, so that whoever waits can be woken.
 *
 * @throws the first failure of a delivery, or else the failure of the stream
 */
export async function deliverAll<Item>(
  items: AsyncGenerator<Item>,
  inFlight: number,
  deliver: (item: Item) => Promise<void>,
  onFailure: () => void,
): Promise<void> {
  const failures: unknown[] = [];
  const streamFailures: unknown[] = [];

  // An async generator queues its callers, so each item reaches one carrier, and they are taken in order.
  const carry = async () => {
    while (failures.length === 0) {
      const next = await items.next().catch((error: unknown) => {
        streamFailures.push(error);
      });
      if (!next || next.done || failures.length > 0) return;
      try {
        await deliver(next.value);
      } catch (error) {
        failures.push(error);
        onFailure();
      }
    }
  };
  await Promise.all(Array.from({ length: inFlight }, carry));

  const failure = [...failures, ...streamFailures];
  if (failure.length > 0) throw failure[0];
}
