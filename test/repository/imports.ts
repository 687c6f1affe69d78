import { posix } from "node:path";
import { type Node, type SourceFile, SyntaxKind } from "typescript/unstable/ast";
import {
  isCallExpression,
  isIdentifier,
  isImportTypeNode,
  isLiteralTypeNode,
  isNewExpression,
  isNoSubstitutionTemplateLiteral,
  isPropertyAccessExpression,
  isStringLiteral,
} from "typescript/unstable/ast/is";
import { API } from "typescript/unstable/async";
import { createVirtualFileSystem } from "typescript/unstable/fs";

/** Files by their path in the repository, such as "src/server.ts". */
export type SourceTexts = ReadonlyMap<string, string>;

/** One file names another module: an import of any kind, types included, or a worker's file. */
export interface Import {
  readonly from: string;
  /** A path in the repository, or the name of a package, or {@link COMPUTED}. */
  readonly to: string;
}

/** The target of an import that is not written out, and so cannot be checked. */
export const COMPUTED = "(computed)";

/** A name that some file uses without declaring where it comes from, such as `Bun` or `Date.now`. */
export interface GlobalUse {
  readonly from: string;
  readonly name: string;
}

export interface Scan {
  readonly imports: readonly Import[];
  readonly globals: readonly GlobalUse[];
}

/** Where the texts lie in the parser's own file system. */
const ROOT = "/repository";

/** Parses files with the TypeScript compiler and finds what they reach for. */
export async function scan(files: SourceTexts): Promise<Scan> {
  const names = [...files.keys()];
  const config = { compilerOptions: { noLib: true, noResolve: true, types: [] }, files: names };
  const api = new API({
    cwd: ROOT,
    fs: createVirtualFileSystem({
      [`${ROOT}/tsconfig.json`]: JSON.stringify(config),
      ...Object.fromEntries(names.map((name) => [`${ROOT}/${name}`, files.get(name) as string])),
    }),
  });
  try {
    const snapshot = await api.updateSnapshot({ openProject: `${ROOT}/tsconfig.json` });
    const program = snapshot.getProject(`${ROOT}/tsconfig.json`)?.program;
    const imports: Import[] = [];
    const globals: GlobalUse[] = [];
    for (const from of names) {
      const file = await program?.getSourceFile(`${ROOT}/${from}`);
      if (file === undefined) throw new Error(`${from} was not parsed`);
      for (const specifier of specifiersOf(file)) imports.push({ from, to: targetOf(from, specifier) });
      for (const name of globalsOf(file)) globals.push({ from, name });
    }
    return { imports, globals };
  } finally {
    await api.close();
  }
}

function targetOf(from: string, specifier: string): string {
  return specifier.startsWith(".") ? posix.join(posix.dirname(from), specifier) : specifier;
}

function specifiersOf(file: SourceFile): string[] {
  return [...descendantsOf(file)].flatMap((node) => {
    const named = moduleNamedBy(node);
    if (named === undefined) return [];
    return [isStringLiteral(named) || isNoSubstitutionTemplateLiteral(named) ? named.text : COMPUTED];
  });
}

/** The expression with which a node names a module; undefined for a node that names none. */
function moduleNamedBy(node: Node): Node | undefined {
  switch (node.kind) {
    case SyntaxKind.ImportDeclaration:
    case SyntaxKind.ExportDeclaration:
      return (node as Node & { readonly moduleSpecifier?: Node }).moduleSpecifier;
    case SyntaxKind.ExternalModuleReference:
      return (node as Node & { readonly expression: Node }).expression;
  }
  if (isImportTypeNode(node)) {
    return isLiteralTypeNode(node.argument) ? node.argument.literal : node.argument;
  }
  if (isCallExpression(node)) {
    const { expression } = node;
    const loads =
      expression.kind === SyntaxKind.ImportKeyword ||
      (isIdentifier(expression) && expression.text === "require");
    return loads ? node.arguments[0] : undefined;
  }
  // new URL("./worker.ts", import.meta.url): the file that a worker runs.
  if (isNewExpression(node) && isIdentifier(node.expression) && node.expression.text === "URL") {
    return node.arguments?.[1]?.getText() === "import.meta.url" ? node.arguments[0] : undefined;
  }
  return undefined;
}

/** Identifiers, and what is read from them ("Date.now"); names of properties alone are not among them. */
function globalsOf(file: SourceFile): Set<string> {
  const names = new Set<string>();
  for (const node of descendantsOf(file)) {
    const { parent } = node;
    if (!isIdentifier(node)) continue;
    if (isPropertyAccessExpression(parent) && parent.name === node) continue;
    const read = isPropertyAccessExpression(parent) ? `.${parent.name.text}` : "";
    names.add(`${node.text}${read}`);
    if (isNewExpression(parent) && parent.expression === node && (parent.arguments?.length ?? 0) === 0) {
      names.add(`new ${node.text}()`);
    }
  }
  return names;
}

function* descendantsOf(node: Node): Generator<Node> {
  const children: Node[] = [];
  node.forEachChild((child) => {
    children.push(child);
  });
  for (const child of children) {
    yield child;
    yield* descendantsOf(child);
  }
}
