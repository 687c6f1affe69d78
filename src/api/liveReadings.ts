import type { ProfileId } from "../domain/reading.ts";
import type { Bus, LiveReading } from "../live/bus.ts";
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
  const encode = FRAMES[form];
  return {
    name: `${profile} ${form}`,
    open: (publish) => bus.subscribe(profile, (reading) => publish(encode(reading))),
  };
}
