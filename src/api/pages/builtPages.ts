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

/** What a page is built of, beside its `<name>.html` in the folder `<name>` of src/web. */
interface Source {
  /** The file in which its script begins. */
  readonly script: string;
  /** What comes before its own style. */
  readonly before: string;
  /** The files of its style, one after the other. */
  readonly styles: readonly string[];
}

const PAGES = {
  /** Transparent: nothing of other pages. */
  overlay: { script: "overlay.ts", before: "", styles: ["overlay.css"] },
  join: { script: "join.ts", before: PAGE_STYLE, styles: ["join.css"] },
  app: {
    script: "app.tsx",
    before: PAGE_STYLE,
    styles: ["style/base.css", "style/parts.css", "style/frame.css", "style/sheet.css"],
  },
} as const satisfies Readonly<Record<string, Source>>;

export type PageName = keyof typeof PAGES;

/** Latin letters and figures of one width, each in one weight; a page or its style names them as `{{font}}` and `{{regular}}`. */
const FONTS = {
  font: "@fontsource/inter/files/inter-latin-600-normal.woff2",
  regular: "@fontsource/inter/files/inter-latin-400-normal.woff2",
} as const;

/** What a browser shows beside a page's title; a page names it as `{{icon}}`. */
const ICON = "app/icon.svg";

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
  const source: Source = PAGES[name];
  const textOf = (file: string) => Bun.file(new URL(file, folder)).text();
  const [script, styles, page, drawing, font, regular] = await Promise.all([
    bundle(new URL(source.script, folder)),
    Promise.all(source.styles.map(textOf)),
    textOf(`${name}.html`),
    Bun.file(new URL(ICON, WEB)).text(),
    face(name, FONTS.font),
    face(name, FONTS.regular),
  ]);
  const icon = asset(name, drawing, "svg", "image/svg+xml");
  const fonts = { font: font.path, regular: regular.path };
  const scriptAsset = asset(name, script, "js", "text/javascript; charset=UTF-8");
  const filledStyle = fill([source.before, ...styles].join(""), fonts);
  const styleAsset = asset(name, filledStyle, "css", "text/css; charset=UTF-8");
  return {
    page: fill(page, { ...fonts, icon: icon.path, style: styleAsset.path, script: scriptAsset.path }),
    assets: new Map([font, regular, icon, scriptAsset, styleAsset].map((one) => [one.path, one])),
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
    // Otherwise TSX is built with what helps to find faults in it, and with the paths of its files.
    define: { "process.env.NODE_ENV": '"production"' },
    jsx: { runtime: "automatic", importSource: "preact", development: false },
  });
  const [output] = outputs;
  if (output === undefined) throw new Error(`${entry.pathname} could not be built`);
  return output.text();
}

async function face(name: PageName, file: string): Promise<Asset> {
  const body = await Bun.file(fileURLToPath(import.meta.resolve(file))).bytes();
  return asset(name, body, "woff2", "font/woff2");
}

function asset(name: PageName, body: Asset["body"], ending: string, type: string): Asset {
  const hash = Bun.SHA256.hash(body, "hex").slice(0, HASH_CHARACTERS);
  return { path: `/assets/${name}-${hash}.${ending}`, body, type };
}
