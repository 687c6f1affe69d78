import type { EpochMs } from "../../domain/reading.ts";
import { listenTo } from "./feed.ts";
import { Heart } from "./heart.ts";
import { colourFor, type Look, readLook } from "./look.ts";
import { type Pulse, show } from "./pulse.ts";

/** How often it is looked whether a pulse has become stale or gone. */
const LOOK_INTERVAL_MS = 250;

const body = document.body;
const number = document.querySelector("#bpm") as HTMLElement;
const words = document.querySelector("#words") as HTMLElement;
const heart = document.querySelector("#heart") as SVGElement;
const beating = new Heart(heart);

let pulse: Pulse | undefined;
let look: Look = readLook({});

/** OBS says so itself: what is said to a person there would be on air. */
const isOnAir = "obsstudio" in window;
body.dataset.place = isOnAir ? "air" : "browser";

const clockTime = (at: EpochMs) =>
  new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });

function draw(): void {
  const shown = show(pulse, Date.now() as EpochMs, clockTime);
  body.dataset.freshness = shown.freshness;
  number.textContent = shown.bpm === undefined ? "" : String(shown.bpm);
  words.textContent = shown.words;
  if (shown.freshness === "live") beating.beat(shown.bpm ?? 0);
  else beating.stop();
  const colour = shown.freshness === "live" ? colourFor(shown.bpm ?? 0, look) : undefined;
  number.style.color = colour ?? "";
  heart.style.color = look.heartColour ?? "";
  heart.style.display = look.isHeartShown ? "" : "none";
}

const widgetId = location.pathname.split("/").at(-1) ?? "";

listenTo(widgetId, {
  opened(view) {
    look = readLook(view.configuration);
    body.dataset.link = "open";
    draw();
  },
  heard(bpm) {
    pulse = { bpm, arrivedAt: Date.now() as EpochMs };
    draw();
  },
  closed() {
    pulse = undefined;
    body.dataset.link = "closed";
    draw();
  },
});

setInterval(draw, LOOK_INTERVAL_MS);
