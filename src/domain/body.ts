/** Whether a body is reckoned as a woman's or a man's: the published equations know these two. */
export const SEXES = ["female", "male"] as const;

export type Sex = (typeof SEXES)[number];

/** Weight in kilograms that a person may have. */
export const WEIGHT_KILOGRAMS_MIN = 10;
export const WEIGHT_KILOGRAMS_MAX = 500;

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const FIRST_BIRTH_YEAR = 1900;

/** Whether a text is a day of the calendar, such as 1990-05-31, not before 1900 and not after `now` (Unix ms, UTC). */
export function isBirthDate(text: string, now: number): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  if (!DATE.test(text) || Number.isNaN(time) || time > now) return false;
  const date = new Date(time);
  // Date rolls the 31st of April over to May.
  return date.toISOString().startsWith(text) && date.getUTCFullYear() >= FIRST_BIRTH_YEAR;
}

/**
 * Whole years since a day of birth, in UTC.
 *
 * @param birthDate a day for which {@link isBirthDate} holds
 */
export function ageInYears(birthDate: string, now: number): number {
  const [year = 0, month = 0, day = 0] = birthDate.split("-").map(Number);
  const today = new Date(now);
  const hadBirthday =
    today.getUTCMonth() + 1 > month || (today.getUTCMonth() + 1 === month && today.getUTCDate() >= day);
  return today.getUTCFullYear() - year - (hadBirthday ? 0 : 1);
}
