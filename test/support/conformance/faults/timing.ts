import { type Frame, OPCODE } from "../../../../src/conformance/client/frames.ts";
import { closeFrame, type Fault, type Passed, textFrame } from "../mutatingProxy.ts";
import { QUICK_TIMES } from "../quickTimes.ts";
import { path, saying, type WrongServer } from "../wrongServer.ts";

const isLive = path("/api/v1/data/real_time");
const isPlain = (request: Passed) =>
  isLive(request) && request.query.get("response_mode") === "text_plain_only_heart_rate";

/** Sends a frame on a live socket on which nothing has happened for longer than in any check but one. */
function inQuiet(said: Frame): Fault {
  const busy = new WeakSet<Passed>();
  return {
    frame: (frame, request) => {
      busy.add(request);
      return [frame];
    },
    greeting: async (request) => {
      await Bun.sleep(QUICK_TIMES.quietMs - 100);
      return isLive(request) && !busy.has(request) ? [said] : [];
    },
  };
}

/** Listeners of the timing suite, as far as they hear. */
export const TIMING_FAULTS: readonly WrongServer[] = [
  {
    breaks: "cuts a socket on which nothing happens",
    fails: ["timing.quiet-socket"],
    fault: () => inQuiet(closeFrame(1001)),
  },
  {
    breaks: "sends a text frame to keep a quiet socket alive",
    fails: ["timing.quiet-socket"],
    fault: () => inQuiet(textFrame('{"type":"ping"}')),
  },
  {
    breaks: "stops answering pings after a while",
    fails: ["timing.client-pings"],
    fault: () => {
      const answered = new WeakMap<Passed, number>();
      return {
        frame: (frame, request) => {
          if (frame.opcode !== OPCODE.pong) return [frame];
          const count = (answered.get(request) ?? 0) + 1;
          answered.set(request, count);
          return count > 2 ? [] : [frame];
        },
      };
    },
  },
  {
    breaks: "leaves out what a slow listener missed",
    fails: ["timing.no-hole-after-a-pause"],
    fault: () => saying(isPlain, (text) => (text === "100" ? undefined : text)),
  },
];
