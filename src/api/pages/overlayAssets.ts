import { fileURLToPath } from "node:url";

/** A file of the overlay under an address that changes with what is in it. */
export interface Asset {
  readonly path: string;
  readonly body: string;
  readonly type: string;
}

/** The overlay page, built. */
export interface Overlay {
  readonly page: string;
  readonly assets: ReadonlyMap<string, Asset>;
}

const FOLDER = new URL("../../web/overlay/", import.meta.url);

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
  const [script, style, page] = await Promise.all([
    bundle("overlay.ts"),
    Bun.file(new URL("overlay.css", FOLDER)).text(),
    Bun.file(new URL("overlay.html", FOLDER)).text(),
  ]);
  const scriptAsset = asset(script, "js", "text/javascript; charset=UTF-8");
  const styleAsset = asset(style, "css", "text/css; charset=UTF-8");
  return {
    page: page.replace("{{script}}", scriptAsset.path).replace("{{style}}", styleAsset.path),
    assets: new Map([scriptAsset, styleAsset].map((one) => [one.path, one])),
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

function asset(body: string, ending: string, type: string): Asset {
  const hash = Bun.SHA256.hash(body, "hex").slice(0, HASH_CHARACTERS);
  return { path: `/assets/overlay-${hash}.${ending}`, body, type };
}
