import { fileURLToPath } from "node:url";
import { PAGE_STYLE } from "./pageStyle.ts";

/** A file of a page under an address that changes with what is in it. */
export interface Asset {
  readonly path: string;
  readonly body: string | Uint8Array<ArrayBuffer>;
  readonly type: string;
}

/** A page with a script of its own, built. */
export interface BuiltPage {
  readonly page: string;
  readonly assets: ReadonlyMap<string, Asset>;
}

/** The folders of src/web, each with its `<name>.ts`, `<name>.css` and `<name>.html`, and what comes before its style. */
const PAGES = {
  /** Transparent: nothing of other pages. */
  overlay: "",
  join: PAGE_STYLE,
} as const;

export type PageName = keyof typeof PAGES;

/** Latin letters and figures of one width, in one weight; a page or its style names it as `{{font}}`. */
const FONT = "@fontsource/inter/files/inter-latin-600-normal.woff2";

const WEB = new URL("../../web/", import.meta.url);

const HASH_CHARACTERS = 16;

const built = new Map<PageName, Promise<BuiltPage>>();

/** Builds a page at the first call; a failure is tried again at the next one. */
export function builtPage(name: PageName): Promise<BuiltPage> {
  const known = built.get(name);
  if (known !== undefined) return known;
  const building = build(name).catch((error) => {
    built.delete(name);
    throw error;
  });
  built.set(name, building);
  return building;
}

/** Finds script, style or font of any page by its address; undefined when there is none. */
export async function findAsset(path: string): Promise<Asset | undefined> {
  const name = (Object.keys(PAGES) as PageName[]).find((page) => path.startsWith(`/assets/${page}-`));
  return name === undefined ? undefined : (await builtPage(name)).assets.get(path);
}

async function build(name: PageName): Promise<BuiltPage> {
  const folder = new URL(`${name}/`, WEB);
  const [script, style, page, face] = await Promise.all([
    bundle(new URL(`${name}.ts`, folder)),
    Bun.file(new URL(`${name}.css`, folder)).text(),
    Bun.file(new URL(`${name}.html`, folder)).text(),
    Bun.file(fileURLToPath(import.meta.resolve(FONT))).bytes(),
  ]);
  const font = asset(name, face, "woff2", "font/woff2");
  const scriptAsset = asset(name, script, "js", "text/javascript; charset=UTF-8");
  const filledStyle = fill(`${PAGES[name]}${style}`, { font: font.path });
  const styleAsset = asset(name, filledStyle, "css", "text/css; charset=UTF-8");
  return {
    page: fill(page, { font: font.path, style: styleAsset.path, script: scriptAsset.path }),
    assets: new Map([font, scriptAsset, styleAsset].map((one) => [one.path, one])),
  };
}

/** Puts values in the places of a text that name them, such as `{{style}}`. */
function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? "");
}

async function bundle(entry: URL): Promise<string> {
  const { outputs } = await Bun.build({
    entrypoints: [fileURLToPath(entry)],
    target: "browser",
    minify: true,
  });
  const [output] = outputs;
  if (output === undefined) throw new Error(`${entry.pathname} could not be built`);
  return output.text();
}

function asset(name: PageName, body: Asset["body"], ending: string, type: string): Asset {
  const hash = Bun.SHA256.hash(body, "hex").slice(0, HASH_CHARACTERS);
  return { path: `/assets/${name}-${hash}.${ending}`, body, type };
}
