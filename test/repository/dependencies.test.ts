import { expect, test } from "bun:test";
import packageJson from "../../package.json" with { type: "json" };
import { textOf } from "./files.ts";

const dependencies: Readonly<Record<string, string>> = {
  ...packageJson.dependencies,
  ...packageJson.devDependencies,
};

/** The names in the first column of the tables below DESIGN.md's heading "Dependencies". */
function listedInDesign(): readonly { readonly name: string; readonly sentence: string }[] {
  const section = textOf("DESIGN.md")
    .split(/^## /m)
    .find((part) => part.startsWith("Dependencies"));
  const rows = [...(section ?? "").matchAll(/^\| `([^`]+)` \| (.*?) \|$/gm)];
  return rows.map(([, name = "", sentence = ""]) => ({ name, sentence }));
}

test("DESIGN.md lists every dependency and no other", () => {
  const listed = listedInDesign().map(({ name }) => name);
  expect(listed.toSorted()).toEqual(Object.keys(dependencies).toSorted());
});

test("DESIGN.md says in a sentence what each dependency does for us", () => {
  const wordless = listedInDesign().filter(({ sentence }) => !/\w+ \w+ .*\.$/.test(sentence));
  expect(wordless).toEqual([]);
});

test("every dependency is one exact version", () => {
  const loose = Object.entries(dependencies).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
  expect(loose).toEqual([]);
});

test("package-lock.json names no download address, so that any registry will do", () => {
  const lock = textOf("package-lock.json");
  expect(lock).not.toContain('"resolved"');
  expect(lock).not.toContain(".tgz");
});

test("only Bun runs a script when it is installed, and package.json approves it", () => {
  const { packages } = JSON.parse(textOf("package-lock.json")) as {
    packages: Record<string, { readonly hasInstallScript?: boolean }>;
  };
  const withScript = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript);
  expect(withScript.map(([path]) => path)).toEqual(["node_modules/bun"]);
  expect(packageJson.allowScripts).toEqual({ bun: true });
});
