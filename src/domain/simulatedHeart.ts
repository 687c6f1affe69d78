import { between, gaussian, type Random, seededRandom } from "./random.ts";
import type { Bpm, EpochMs } from "./reading.ts";

/** One notification of a simulated chest strap. */
export interface SimulatedReading {
  readonly atMs: EpochMs;
  readonly bpm: Bpm;
}

/** The lowest and highest rate that a simulated heart shows. */
export const SIMULATED_BPM_MIN = 35;
export const SIMULATED_BPM_MAX = 205;

/*
 * The constants below are engineering choices, set so that the steps between neighbouring readings look like those of
 * real recordings (a test compares them). Where physiology is known, the choice stays near it:
 * - The rate follows a change of effort exponentially. Wang, Su and Celler (IEEE EMBS 2006, "Time constant of heart
 *   rate recovery after low level exercise as a useful measure of cardiovascular fitness") found 55 s to divide fit from
 *   unfit people in recovery; the rise at the onset is quicker.
 * - Respiratory sinus arrhythmia shrinks as effort grows and returns in recovery (Hatfield et al., Medicine & Science in
 *   Sports & Exercise 30(2), 1998).
 */
const RISE_TIME_CONSTANT_S = [24, 40] as const;
const RECOVERY_TIME_CONSTANT_S = [45, 75] as const;

/** How slowly mood, posture and heat move the rate, and how far (standard deviation). */
const DRIFT_TIME_CONSTANT_S = 90;
const DRIFT_BPM = 2.5;

/** What is left between one beat and the next, at rest (standard deviation); it shrinks with effort as breathing's part does. */
const BEAT_NOISE_BPM = 1.3;

/** A strap reports an average over the last few beats, not the last one. */
const STRAP_AVERAGE_TIME_CONSTANT_S = 3;

/** Mean time between two losses of contact, and how long they last (short ones are the likelier). */
const CONTACT_LOST_EVERY_S = 900;
const CONTACT_LOST_FOR_S = [3, 60] as const;

/** A reading is late by chance: a radio tells it when it can. */
const LATENESS_MS = 12;
const LATENESS_MAX_MS = 90;

/** Who is simulated: drawn once from the seed. */
interface Person {
  readonly restingBpm: number;
  readonly reserveBpm: number;
  readonly riseTimeConstantS: number;
  readonly recoveryTimeConstantS: number;
  readonly breathingBpm: number;
  readonly strapPeriodMs: number;
}

type PhaseKind = "rest" | "effort" | "recovery";

/** A stretch of doing one thing; `load` is the share of the heart-rate reserve that it asks for. */
interface Phase {
  readonly kind: PhaseKind;
  readonly load: number;
  readonly endS: number;
}

/** What moves from one reading to the next, in beats a minute and seconds since the start. */
interface Heart {
  readonly phase: Phase;
  readonly load: number;
  readonly drift: number;
  readonly breath: number;
  readonly shown: number;
}

/**
 * Simulates a heart as a chest strap reports it: rest, effort, recovery and rest again for ever, with breathing, slow
 * drift, noise and moments in which the strap loses contact. The same seed gives the same heart; the start only moves it
 * in time.
 *
 * Readings come about a second apart (a few milliseconds late each, strictly rising in time), every rate from
 * {@link SIMULATED_BPM_MIN} to {@link SIMULATED_BPM_MAX}. While contact is lost there are none.
 *
 * @param seed an integer from 0 to `Number.MAX_SAFE_INTEGER`
 * @param startAt the first reading comes at most {@link LATENESS_MAX_MS} later
 */
export function* simulateHeart(seed: number, startAt: EpochMs): Generator<SimulatedReading, never, void> {
  const random = seededRandom(seed);
  const person = drawPerson(random);
  const stepS = person.strapPeriodMs / 1000;
  let heart = atRest(person, random);
  let contactFromS = 0;
  for (let step = 0; ; step += 1) {
    const elapsedS = step * stepS;
    if (elapsedS >= contactFromS) {
      const lateMs = Math.min(Math.abs(gaussian(random)) * LATENESS_MS, LATENESS_MAX_MS);
      const atMs = Math.round(startAt + step * person.strapPeriodMs + lateMs) as EpochMs;
      yield { atMs, bpm: toBpm(heart.shown) };
      if (random() < stepS / CONTACT_LOST_EVERY_S) contactFromS = elapsedS + drawLossS(random);
    }
    heart = advance(heart, person, elapsedS + stepS, stepS, random);
  }
}

function drawPerson(random: Random): Person {
  const restingBpm = between(random, 52, 78);
  return {
    restingBpm,
    reserveBpm: between(random, 172, 198) - restingBpm,
    riseTimeConstantS: between(random, ...RISE_TIME_CONSTANT_S),
    recoveryTimeConstantS: between(random, ...RECOVERY_TIME_CONSTANT_S),
    breathingBpm: between(random, 1.2, 3.4),
    strapPeriodMs: between(random, 996, 1004),
  };
}

function atRest(person: Person, random: Random): Heart {
  const phase = drawPhase("rest", 0, random);
  const shown = person.restingBpm + person.reserveBpm * phase.load;
  return { phase, load: phase.load, drift: 0, breath: random(), shown };
}

/** Short losses of contact are likelier than long ones: the length is spread evenly over its logarithm. */
function drawLossS(random: Random): number {
  const [shortest, longest] = CONTACT_LOST_FOR_S;
  return shortest * (longest / shortest) ** random();
}

function advance(heart: Heart, person: Person, elapsedS: number, stepS: number, random: Random): Heart {
  const phase = elapsedS < heart.phase.endS ? heart.phase : nextPhase(heart.phase, elapsedS, random);
  const timeConstantS = phase.load > heart.load ? person.riseTimeConstantS : person.recoveryTimeConstantS;
  const load = heart.load + (phase.load - heart.load) * responded(stepS, timeConstantS);

  const forgotten = responded(stepS, DRIFT_TIME_CONSTANT_S);
  const driftStep = DRIFT_BPM * Math.sqrt(1 - (1 - forgotten) ** 2) * gaussian(random);
  const drift = heart.drift * (1 - forgotten) + driftStep;

  const breath = (heart.breath + stepS * breathsPerSecond(load)) % 1;
  const calm = Math.max(0, 1 - load / 0.8);
  const breathing = person.breathingBpm * calm * Math.sin(2 * Math.PI * breath);
  const noise = BEAT_NOISE_BPM * (0.35 + 0.65 * calm) * gaussian(random);

  const rate = person.restingBpm + person.reserveBpm * load + drift + breathing + noise;
  const shown = heart.shown + (rate - heart.shown) * responded(stepS, STRAP_AVERAGE_TIME_CONSTANT_S);
  return { phase, load, drift, breath, shown };
}

/** The share of a first-order response that is done after `elapsedS`: from 0 to 1. */
function responded(elapsedS: number, timeConstantS: number): number {
  return 1 - Math.exp(-elapsedS / timeConstantS);
}

/** About 14 breaths a minute at rest, about 45 at the most. */
function breathsPerSecond(load: number): number {
  return 0.23 + 0.5 * load;
}

const FOLLOWING: Record<PhaseKind, PhaseKind> = { rest: "effort", effort: "recovery", recovery: "rest" };

function nextPhase(phase: Phase, nowS: number, random: Random): Phase {
  return drawPhase(FOLLOWING[phase.kind], nowS, random);
}

function drawPhase(kind: PhaseKind, nowS: number, random: Random): Phase {
  switch (kind) {
    case "rest":
      return { kind, load: between(random, 0.02, 0.12), endS: nowS + between(random, 60, 300) };
    case "effort":
      return { kind, load: between(random, 0.35, 0.92), endS: nowS + between(random, 120, 720) };
    case "recovery":
      return { kind, load: between(random, 0.1, 0.25), endS: nowS + between(random, 90, 240) };
  }
}

function toBpm(rate: number): Bpm {
  return Math.round(Math.min(Math.max(rate, SIMULATED_BPM_MIN), SIMULATED_BPM_MAX)) as Bpm;
}
