/** A time as a clock on the wall shows it, with the date where that is not today's. */
export function clockTime(atMs: number, nowMs: number): string {
  const at = new Date(atMs);
  if (Number.isNaN(at.getTime())) return "an impossible time";
  const clock = [at.getHours(), at.getMinutes(), at.getSeconds()].map(twoDigits).join(":");
  const date = `${at.getFullYear()}-${twoDigits(at.getMonth() + 1)}-${twoDigits(at.getDate())}`;
  return new Date(nowMs).toDateString() === at.toDateString() ? clock : `${date} ${clock}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
