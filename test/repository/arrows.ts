import { COMPUTED, type Import, type Scan } from "./imports.ts";

/**
 * The rooms of src, and the rooms each may look into besides itself. Arrows point one way:
 * domain <- exchange, storage, live <- ingest, auth <- api <- server <- cli; settings stands beside them, and web is what
 * runs in a browser.
 */
export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  settings: [],
  exchange: ["domain"],
  certificates: ["domain", "settings"],
  storage: ["domain", "settings"],
  live: ["domain", "settings"],
  ingest: ["domain", "settings", "exchange", "storage", "live"],
  auth: ["domain", "settings", "exchange", "storage", "live"],
  // Of web it takes files to serve, and no code.
  api: ["domain", "settings", "exchange", "storage", "live", "ingest", "auth", "web"],
  web: ["domain", "exchange"],
  // HTTP and sockets only: it checks any server.
  conformance: [],
  server: ["domain", "settings", "certificates", "exchange", "storage", "live", "ingest", "auth", "api"],
  cli: [
    "domain",
    "settings",
    "certificates",
    "exchange",
    "storage",
    "live",
    "ingest",
    "auth",
    "api",
    "server",
    "conformance",
  ],
};

/** Rooms without packages, without the runtime, without clock and chance. */
const PURE_ROOMS = ["domain", "exchange"];

/** What a pure room may not touch, although nobody has to import it. */
const IMPURE_NAMES = [
  "Bun",
  "process",
  "console",
  "fetch",
  "crypto",
  "performance",
  "WebSocket",
  "Worker",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "queueMicrotask",
  "Date.now",
  "new Date()",
  "Math.random",
];

/** Files outside of src that a room may read. */
const OUTSIDE: Readonly<Record<string, readonly string[]>> = {
  cli: ["package.json"],
  api: ["package.json"],
};

/** @returns a sentence for each wrong arrow and each breach of purity */
export function wrongArrows({ imports, globals }: Scan): string[] {
  const impure = globals
    .filter(({ from }) => PURE_ROOMS.includes(roomOf(from) ?? ""))
    .filter(({ name }) => IMPURE_NAMES.some((banned) => name === banned || name.startsWith(`${banned}.`)))
    .map(({ from, name }) => `${from} uses ${name}, but ${roomOf(from)} is pure`);
  return [...new Set([...imports.flatMap(problemWith), ...impure])];
}

function problemWith({ from, to }: Import): string[] {
  const room = roomOf(from);
  if (room === undefined || ROOMS[room] === undefined) {
    return [
      `${from} is in no room: give "${room ?? from}" its place in test/repository/arrows.ts and DESIGN.md`,
    ];
  }
  if (to === COMPUTED) return [`${from} imports a module whose name is not written out`];
  if (to.startsWith("src/")) {
    const other = roomOf(to);
    const allowed = other === room || (other !== undefined && ROOMS[room].includes(other));
    return allowed ? [] : [`${from} imports ${to}, but ${room} may not look into ${other ?? "that"}`];
  }
  if (PURE_ROOMS.includes(room)) return [`${from} imports ${to}, but ${room} is pure`];
  // A path of the repository has an extension; a package has a name.
  const isFile = to.startsWith("..") || /\.(tsx?|mjs|js|json)$/.test(to);
  return isFile && !OUTSIDE[room]?.includes(to) ? [`${from} imports ${to}, which is outside of src`] : [];
}

/** "api" for src/api/app.ts; files directly in src make up the server. */
function roomOf(path: string): string | undefined {
  const [top, room, ...rest] = path.split("/");
  if (top !== "src" || room === undefined) return undefined;
  return rest.length === 0 ? "server" : room;
}
