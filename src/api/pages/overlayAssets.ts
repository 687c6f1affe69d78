import { fileURLToPath } from "node:url";

/** A file of the overlay under an address that changes with what is in it. */
export interface Asset {
  readonly path: string;
  readonly body: string | Uint8Array<ArrayBuffer>;
  readonly type: string;
}

/** The overlay page, built. */
export interface Overlay {
  readonly page: string;
  readonly assets: ReadonlyMap<string, Asset>;
}

const FOLDER = new URL("../../web/overlay/", import.meta.url);

/** The face that the page needs: Latin letters in one weight, with figures of one width. */
const FONT = "@fontsource/inter/files/inter-latin-600-normal.woff2";

/** A heart in a box of 24 by 24. */
const HEART =
  "M12 21.2 4 13.1a5.3 5.3 0 0 1 0-7.5 5.3 5.3 0 0 1 7.5 0l.5.5.5-.5a5.3 5.3 0 0 1 7.5 0 5.3 5.3 0 0 1 0 7.5Z";

const HASH_CHARACTERS = 16;

let built: Promise<Overlay> | undefined;

/** Builds the overlay at the first call; a failure is tried again at the next one. */
export function overlay(): Promise<Overlay> {
  built ??= build().catch((error) => {
    built = undefined;
    throw error;
  });
  return built;
}

async function build(): Promise<Overlay> {
  const [script, style, page, face] = await Promise.all([
    bundle("overlay.ts"),
    Bun.file(new URL("overlay.css", FOLDER)).text(),
    Bun.file(new URL("overlay.html", FOLDER)).text(),
    Bun.file(fileURLToPath(import.meta.resolve(FONT))).bytes(),
  ]);
  const fontAsset = asset(face, "woff2", "font/woff2");
  const scriptAsset = asset(script, "js", "text/javascript; charset=UTF-8");
  const styleAsset = asset(fill(style, { font: fontAsset.path }), "css", "text/css; charset=UTF-8");
  return {
    page: fill(page, {
      font: fontAsset.path,
      style: styleAsset.path,
      script: scriptAsset.path,
      heart: HEART,
    }),
    assets: new Map([fontAsset, scriptAsset, styleAsset].map((one) => [one.path, one])),
  };
}

async function bundle(entry: string): Promise<string> {
  const { outputs } = await Bun.build({
    entrypoints: [fileURLToPath(new URL(entry, FOLDER))],
    target: "browser",
    minify: true,
  });
  const [output] = outputs;
  if (output === undefined) throw new Error("the overlay could not be built");
  return output.text();
}

/** Puts values in the places of a text that name them, such as `{{style}}`. */
function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? "");
}

function asset(body: Asset["body"], ending: string, type: string): Asset {
  const hash = Bun.SHA256.hash(body, "hex").slice(0, HASH_CHARACTERS);
  return { path: `/assets/overlay-${hash}.${ending}`, body, type };
}
