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

const WORDS = "diagnostics/words.test.ts";

/** Where the words of messages that no sample program can get stand in full. */
const IN_FULL = [
  "diagnostics/__snapshots__/words.test.ts.snap",
  "formats/onnx/__snapshots__/messages.test.ts.snap",
];

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
});

describe("a code without a sample", () => {
  const sampled = new Set(names.map((name) => name.split("-")[0]));
  const unsampled = Object.keys(catalogue).filter((code) => !sampled.has(code));
  const tests = new URL("./", import.meta.url);
  const textOf = (path: string): string => readFileSync(new URL(path, tests), "utf8");

  it("stands in full in a snapshot", () => {
    const shown = IN_FULL.map(textOf)
      .join("\n")
      .matchAll(/^"?\w+ (CNN\d+): ./gm);
    const inFull = new Set(Array.from(shown, ([, code]) => code));
    expect(unsampled.filter((code) => !inFull.has(code))).toEqual([]);
  });

  it("is what a test of its finder expects", () => {
    const expected = readdirSync(tests, { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".test.ts") && path !== WORDS)
      .map(textOf)
      .join("\n");
    expect(unsampled.filter((code) => !expected.includes(code))).toEqual([]);
  });
});
