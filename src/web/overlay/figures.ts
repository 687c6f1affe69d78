/** Room that was made for three figures is kept down to this heart rate, in beats a minute. */
const THREE_FIGURES_KEPT_FROM = 95;

/**
 * Says for how many figures there has to be room, so that the pulse stands in the middle with two and with three. A pulse that goes
 * to and fro around 100 moves nothing but once: the room for a third figure stays until it is clearly below.
 *
 * @param bpm a heart rate in beats a minute, from 1
 * @param before for how many there is room now; 0 at the start
 */
export function figuresFor(bpm: number, before: number): number {
  const needed = String(bpm).length;
  return before === 3 && needed < 3 && bpm >= THREE_FIGURES_KEPT_FROM ? before : Math.max(needed, 2);
}
