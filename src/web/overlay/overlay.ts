import type { Freshness } from "../../domain/freshness.ts";
import type { EpochMs } from "../../domain/reading.ts";
import { colorOf, lookOf } from "../../domain/widgetLook.ts";
import { followLink } from "./feed.ts";
import { figuresFor } from "./figures.ts";
import { Heart } from "./heart.ts";
import { newer, type Pulse, show } from "./pulse.ts";

/** How often it is looked whether a pulse has become stale or gone. */
const LOOK_INTERVAL_MS = 250;

/** A page that opens shows nothing but a live pulse for this long: readings come about once a second. */
const SETTLING_MS = 2_500;

const body = document.body;
const number = document.querySelector("#bpm") as HTMLElement;
const words = document.querySelector("#words") as HTMLElement;
const heart = document.querySelector("#heart") as SVGElement;
const beating = new Heart(heart);
const startedAt = performance.now();

let isClosed = false;
let isConnected = false;
let pulse: Pulse | undefined;
let look = lookOf({});
let figures = 0;

/** What is said to a person about a closed link would be on air in OBS, or in a page that is put together of others. */
const isOnAir = "obsstudio" in window || window.top !== window;
body.dataset.place = isOnAir ? "air" : "browser";

function draw(): void {
  const { freshness, bpm, words: said } = show(pulse, isConnected, clock());
  body.dataset.shows = shownPart(freshness);
  body.dataset.freshness = freshness;
  write(number, bpm === undefined ? "" : String(bpm));
  if (bpm !== undefined) {
    figures = figuresFor(bpm, figures);
    number.style.setProperty("--figures", String(figures));
  }
  write(words, said);
  if (freshness === "live" && bpm !== undefined) beating.beat(bpm);
  else beating.stop();
  const color = freshness === "live" && bpm !== undefined ? colorOf(bpm, look) : undefined;
  number.style.color = color ?? "";
  heart.style.color = freshness === "live" ? (look.heartColor ?? "") : "";
  heart.style.display = look.heartEnabled ? "" : "none";
}

/** Which part of the page is shown. */
function shownPart(freshness: Freshness): "nothing" | "pulse" | "closed" {
  if (isClosed) return "closed";
  const isSettled = freshness === "live" || performance.now() - startedAt >= SETTLING_MS;
  return isSettled ? "pulse" : "nothing";
}

/** Writes a text, and again where the style takes it from to draw its edge. */
function write(element: HTMLElement, text: string): void {
  if (element.textContent === text) return;
  element.textContent = text;
  element.dataset.edge = text;
}

function clock(): EpochMs {
  return Date.now() as EpochMs;
}

void followLink(location.pathname.split("/").at(-1) ?? "", {
  opened(newLook, last) {
    isClosed = false;
    isConnected = true;
    look = newLook;
    pulse = newer(pulse, last, clock());
    draw();
  },
  heard(bpm) {
    pulse = { bpm, seenAt: clock() };
    draw();
  },
  closed() {
    isClosed = true;
    pulse = undefined;
    draw();
  },
  lost() {
    isConnected = false;
    draw();
  },
});

setInterval(draw, LOOK_INTERVAL_MS);
addEventListener("keydown", () => {
  body.dataset.person = "here";
});
