/**
 * Formatting changes layout and nothing else: on the examples, on every sample program without
 * syntax errors, on the documents' programs, and on random programs in random layout.
 */
import * as fc from "fast-check";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { format, tryFormat } from "../../src/editor/format.ts";
import { parse } from "../../src/syntax/parse.ts";
import { scan } from "../../src/syntax/scan.ts";
import { programText } from "../syntax/arbitrary.ts";
import { withoutSpans } from "../syntax/strip.ts";

const ROOT = join(import.meta.dirname, "../..");

function programsIn(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".cnn"))
    .map((file) => join(folder, file));
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

async function formatted(text: string, width?: number): Promise<string> {
  return format(text, width === undefined ? {} : { width });
}

/** Comments in order; only the space at a line comment's end may go. */
function commentsOf(text: string): readonly string[] {
  return scan(text).comments.map(({ image }) => image.trimEnd());
}

/** What must outlive formatting: the tree with its documentation, and all comments. */
function contents(text: string): unknown {
  const { program, diagnostics } = parse({ name: "p.cnn", text });
  expect(diagnostics).toEqual([]);
  const { items } = program;
  return { items: withoutSpans(items), comments: commentsOf(text) };
}

async function keepsEverything(text: string, width?: number): Promise<void> {
  const once = await formatted(text, width);
  expect(contents(once)).toEqual(contents(text));
  expect(await formatted(once, width)).toBe(once);
  expect(once).toMatch(/^$|^\S[^]*\S\n$/);
  expect(once).not.toMatch(/\n\n\n/);
}

describe("programs that are in style already", () => {
  test.each([...programsIn("examples"), ...programsIn("test/material/language")])(
    "%s",
    async (path) => {
      const text = read(path);
      expect(await formatted(text)).toBe(text);
    },
  );
});

describe("sample programs", () => {
  const whole = programsIn("test/samples").filter(
    (path) => parse({ name: path, text: read(path) }).diagnostics.length === 0,
  );

  test.each(whole)("%s", (path) => keepsEverything(read(path)));

  test("are most of them without syntax errors", () => {
    expect(whole.length).toBeGreaterThan(80);
  });
});

describe("a program with syntax errors", () => {
  const program = { name: "broken.cnn", text: "model M(x: [N, 4]) { x -> }" };

  test("is not touched", async () => {
    const { text, ...mistakes } = await tryFormat(program);
    expect(text).toBeUndefined();
    expect(mistakes).toMatchObject({ diagnostics: [{ code: "CNN1039" }], sources: [program] });
  });

  test("thrown, says where they are", async () => {
    await expect(format(program)).rejects.toThrow(/^broken\.cnn:1:24: CNN1039: /);
  });
});

test("random programs in random layout", async () => {
  await fc.assert(fc.asyncProperty(programText, fc.constantFrom(100, 40), keepsEverything), {
    numRuns: 200,
  });
});
