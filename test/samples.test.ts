/**
 * Programs and the messages that they get, side by side in `test/samples/`: the folder's name is
 * the code and a few words, `input.cnn` the program, `expected.txt` its messages. `UPDATE=1`
 * writes the expectations anew; read them aloud before you commit them.
 */
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { check } from "../src/check/check.ts";
import { catalogue } from "../src/diagnostics/catalogue.ts";
import { renderDiagnostics } from "../src/diagnostics/render.ts";
import type { Source } from "../src/diagnostics/span.ts";

const folder = new URL("./samples/", import.meta.url);
const names = readdirSync(folder);

function read(path: string): Source | undefined {
  const url = new URL(path, folder);
  return existsSync(url) ? { name: path, text: readFileSync(url, "utf8") } : undefined;
}

/** Beyond what a sample can hold, and tested in `test/check/limits.test.ts`. */
const TOO_LARGE = ["CNN1090", "CNN1093", "CNN3029"];

/** Messages about files that are no programs: `test/formats`, `test/runtime`, `test/compile`. */
const OF_FILES = /^CNN[56]/;

describe("the sample", () => {
  it.each(names)("%s", (name) => {
    const source = read(`${name}/input.cnn`);
    if (source === undefined) throw new Error(`test/samples/${name} has no input.cnn`);
    const { diagnostics, sources } = check(source, {
      resolve: (path, importer) => read(`${importer.slice(0, importer.indexOf("/"))}/${path}`),
    });
    const [code] = name.split("-");
    expect(diagnostics.map((diagnostic) => diagnostic.code)).toContain(code);
    const shown = `${renderDiagnostics(diagnostics, sources, { color: false })}\n`;
    const expected = new URL(`${name}/expected.txt`, folder);
    if (process.env["UPDATE"] === "1") writeFileSync(expected, shown);
    expect(shown).toBe(readFileSync(expected, "utf8"));
  });

  it("stands there for every code that a program can get", () => {
    const shown = new Set(names.map((name) => name.split("-")[0]));
    const missing = Object.keys(catalogue).filter(
      (code) => !shown.has(code) && !TOO_LARGE.includes(code) && !OF_FILES.test(code),
    );
    expect(missing).toEqual([]);
  });
});
