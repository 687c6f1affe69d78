import { z } from "zod";
import { BPM_MAX, type ProfileId } from "../domain/reading.ts";
import type { Bus, LiveListener, LiveReading } from "../live/bus.ts";
import type { Channel } from "./liveSockets.ts";

/** Frames of a heart rate. Clients take them apart by substring: compact JSON, in this order of keys. */
export const FRAMES = {
  json: ({ effectiveAt, bpm }: LiveReading) => `{"measured_at":${effectiveAt},"data":{"heart_rate":${bpm}}}`,
  text_plain_only_heart_rate: ({ bpm }: LiveReading) => String(bpm),
  legacy_json: ({ effectiveAt, bpm }: LiveReading) =>
    `{"timestamp":${effectiveAt},"data":{"heartRate":${bpm}}}`,
} as const;

export type FrameForm = keyof typeof FRAMES;

/** The new readings of one profile, each as one frame of a form. */
export function readingsOf(bus: Bus, profile: ProfileId, form: FrameForm): Channel {
  return new Readings(bus, profile, form);
}

/** Every listener brings one, and most are the only one of their channel: so it is small, and has no closures. */
class Readings implements Channel {
  readonly name: string;
  readonly #bus: Bus;
  readonly #profile: ProfileId;
  readonly #form: FrameForm;

  constructor(bus: Bus, profile: ProfileId, form: FrameForm) {
    this.name = `${profile} ${form}`;
    this.#bus = bus;
    this.#profile = profile;
    this.#form = form;
  }

  open(publish: (frame: string) => void): () => void {
    return this.#bus.subscribe(this.#profile, publishing(publish, FRAMES[this.#form]));
  }
}

function publishing(
  publish: (frame: string) => void,
  encode: (reading: LiveReading) => string,
): LiveListener {
  return (reading) => publish(encode(reading));
}

const heartRate = z.int().min(1).max(BPM_MAX).describe("Beats per minute");
const effectiveTime = z.int().min(0).describe("Unix time in milliseconds");

/** A reading as JSON says it, answered and streamed alike. */
export const readingFrame = z
  .object({ measured_at: effectiveTime, data: z.object({ heart_rate: heartRate }) })
  .meta({ id: "Reading" });

export const legacyReadingFrame = z
  .object({ timestamp: effectiveTime, data: z.object({ heartRate }) })
  .meta({ id: "LegacyReading" });

export const plainFrame = z
  .string()
  .regex(/^\d+$/)
  .meta({ id: "PlainHeartRate", description: "Beats per minute in bare digits" });
