import type { Sex } from "./body.ts";

/** What the energy of a heart rate depends on beside it; each is a default where it is not known. */
export interface BodyFacts {
  readonly ageYears?: number;
  readonly weightKilograms?: number;
  readonly sex?: Sex;
}

/** What is taken for what a profile does not say: an adult of middle age and weight. */
export const DEFAULT_AGE_YEARS = 30;
export const DEFAULT_WEIGHT_KILOGRAMS = 70;

const KILOJOULES_A_KILOCALORIE = 4.184;

/**
 * Energy spent at a heart rate, in kcal a minute, never below zero.
 *
 * Keytel et al. 2005, "Prediction of energy expenditure from heart rate monitoring during submaximal exercise", Journal of
 * Sports Sciences 23(3), 289-297: the equation without oxygen uptake, which gives kJ a minute. It was fitted to people who
 * exercise; at rest it says too much. Where the sex is not known it is the mean of both equations.
 *
 * @param bpm a heart rate, or the mean of many
 */
export function kilocaloriesAMinute(bpm: number, facts: BodyFacts): number {
  const { ageYears = DEFAULT_AGE_YEARS, weightKilograms = DEFAULT_WEIGHT_KILOGRAMS, sex } = facts;
  const male = -55.0969 + 0.6309 * bpm + 0.1988 * weightKilograms + 0.2017 * ageYears;
  const female = -20.4022 + 0.4472 * bpm - 0.1263 * weightKilograms + 0.074 * ageYears;
  const kilojoules = sex === undefined ? (male + female) / 2 : sex === "male" ? male : female;
  return Math.max(0, kilojoules / KILOJOULES_A_KILOCALORIE);
}
