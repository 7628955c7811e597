/**
 * The folders of `docs/architecture.md` keep their order: each imports only what its table lists, and
 * only the shells touch Node. Circles of files are found by the linter (`import/no-cycle`).
 */
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, normalize, sep } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");

/** What a folder may import beside itself and `diagnostics`: the last column of the table. */
const MAY_IMPORT = tableOf(readFileSync(join(ROOT, "docs/architecture.md"), "utf8"));

function tableOf(page: string): ReadonlyMap<string, readonly string[]> {
  const rows = page.matchAll(/^\| `src\/(\w+)\/[^|]*\|[^|]*\| ([^|]*?) *\|$/gm);
  const listed = [...rows].map(([, folder, names]): [string, readonly string[]] => [
    folder,
    names === "—" ? [] : names.split(", "),
  ]);
  return new Map(listed.filter(([, names]) => !names.includes("everything")));
}

/** Folders in which files, processes and the console are allowed. */
const SHELLS = ["cli", "files", "vite"];

const files = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
  .map((name) => join("src", name));

function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  return [...text.matchAll(/ from "([^"]+)"|\bimport\("([^"]+)"\)/g)].map((m) => m[1] ?? m[2]);
}

/** `check` for `src/check/lints/flow.ts`, `grammar` for `grammar/tokens.ts`, `compile.ts` for `src/compile.ts`. */
function folderOf(file: string): string {
  const [first, second] = file.split(sep);
  return first === "src" ? second : first;
}

/** Folders that a file imports, itself left out. */
function foldersOf(file: string): readonly string[] {
  return importsOf(file)
    .filter((path) => path.startsWith("."))
    .map((path) => folderOf(normalize(join(dirname(file), path))))
    .filter((folder) => folder !== folderOf(file));
}

test.each([...MAY_IMPORT])("src/%s imports only what it may", (folder, allowed) => {
  const strays = files
    .filter((file) => folderOf(file) === folder)
    .flatMap((file) => foldersOf(file).map((imported) => ({ file, imported })))
    .filter(({ imported }) => imported !== "diagnostics" && !allowed.includes(imported));
  expect(strays).toEqual([]);
});

test("every folder stands in the table", () => {
  const folders = new Set(files.map(folderOf).filter((name) => !name.endsWith(".ts")));
  expect([...folders].filter((name) => !MAY_IMPORT.has(name))).toEqual(["cli"]);
});

describe("the core", () => {
  test("does not touch Node", () => {
    const strays = files
      .filter((file) => !SHELLS.includes(folderOf(file)))
      .filter((file) => importsOf(file).some((path) => path.startsWith("node:")));
    expect(strays).toEqual([]);
  });

  test("knows nothing of its shells", () => {
    const strays = files
      .filter((file) => !SHELLS.includes(folderOf(file)))
      .filter((file) => foldersOf(file).some((folder) => SHELLS.includes(folder)));
    expect(strays).toEqual([]);
  });
});

test("targets never import each other", () => {
  const strays = files
    .filter((file) => folderOf(file) === "targets")
    .flatMap((file) =>
      importsOf(file)
        .filter((path) => path.startsWith("."))
        .map((path) => ({ file, to: normalize(join(dirname(file), path)) })),
    )
    .filter(({ to }) => folderOf(to) === "targets")
    .filter(({ file, to }) => file.split(sep)[2] !== to.split(sep)[2]);
  expect(strays).toEqual([]);
});
