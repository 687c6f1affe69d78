/** One beat a minute: the animation is written for this and played faster. */
const BEAT_MS = 60_000;

/** A heart does not beat faster than this, whatever a device says, and a screen could not show it. */
const BEATS_A_MINUTE_MAX = 300;

/** A beat: quick out, a smaller second push, and rest. Shares of the time between two beats. */
const BEAT: readonly Keyframe[] = [
  { offset: 0, transform: "scale(1)", easing: "ease-out" },
  { offset: 0.12, transform: "scale(1.16)", easing: "ease-in-out" },
  { offset: 0.28, transform: "scale(1)", easing: "ease-out" },
  { offset: 0.38, transform: "scale(1.07)", easing: "ease-in-out" },
  { offset: 0.55, transform: "scale(1)" },
  { offset: 1, transform: "scale(1)" },
];

/** For those who asked for less motion: a slow change of light, the same for every heart rate. */
const GLOW: readonly Keyframe[] = [{ opacity: 1 }, { opacity: 0.7 }, { opacity: 1 }];
const GLOW_MS = 4_000;

/** Makes a heart beat at somebody's real rate, and stop in mid-beat when there is no signal. */
export class Heart {
  readonly #animation: Animation;
  readonly #isStill: boolean;

  constructor(element: Element) {
    this.#isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const [frames, duration] = this.#isStill ? [GLOW, GLOW_MS] : [BEAT, BEAT_MS];
    this.#animation = element.animate([...frames], { duration, iterations: Number.POSITIVE_INFINITY });
    this.#animation.pause();
  }

  beat(bpm: number): void {
    if (!this.#isStill) this.#animation.updatePlaybackRate(Math.min(bpm, BEATS_A_MINUTE_MAX));
    if (this.#animation.playState !== "running") this.#animation.play();
  }

  stop(): void {
    this.#animation.pause();
  }
}
