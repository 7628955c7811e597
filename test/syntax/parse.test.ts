/**
 * Whatever the text, the parser answers: it never throws, every message points into the text, and
 * the way a program is laid out never changes its tree.
 */
import * as fc from "fast-check";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.ts";
import { renderDiagnostics } from "../../src/diagnostics/render.ts";
import type { Span } from "../../src/diagnostics/span.ts";
import { parse } from "../../src/syntax/parse.ts";
import { programPieces, programText } from "./arbitrary.ts";
import { withoutSpans } from "./strip.ts";

const EXAMPLES = join(import.meta.dirname, "../../examples");

const examples = readdirSync(EXAMPLES)
  .filter((file) => file.endsWith(".cnn"))
  .map((file) => readFileSync(join(EXAMPLES, file), "utf8"));

function spansOf({ span, related, fix }: Diagnostic): readonly Span[] {
  return [span, ...related.map((label) => label.span), ...(fix?.edits ?? []).map((e) => e.span)];
}

function answers(text: string): void {
  const { program, diagnostics } = parse({ name: "p.cnn", text });
  expect(program.span).toEqual({ file: "p.cnn", start: 0, end: text.length });
  const shown = renderDiagnostics(diagnostics, [{ name: "p.cnn", text }], { color: false });
  expect(shown === "").toBe(diagnostics.length === 0);
  // More than that nobody reads: a hundred, and one that says so.
  expect(diagnostics.length).toBeLessThanOrEqual(101);
  for (const { start, end } of diagnostics.flatMap(spansOf)) {
    expect(0 <= start && start <= end && end <= text.length).toBe(true);
  }
}

/** Everything that the lexer treats in a way of its own. */
const fragments = fc.constantFrom(
  ..."( ) [ ] { } , : . .. = == != < <= > >= -> => + - * / % @ ; | || && ! ? \\ ` ~ ^ $ #".split(
    " ",
  ),
  ..."model block train const import let if else repeat in where true false and or not".split(" "),
  ..."from as x conv 0 7 1.5 1e5 1e 1. .5 3x3 1_000 99999999999999999999 1e999".split(" "),
  '"text"',
  '"open',
  "'single'",
  "'",
  '"\\q"',
  "// line\n",
  "/// doc\n",
  "/* block */",
  "/* open",
  "# python\n",
  " ",
  "\n",
  "\t",
  "\r\n",
  "\u00a0",
  "\ufeff",
  "\u2192",
  "\u00d7",
  "\ud83d\ude00",
  "\ud83d",
  "\u0000",
  "\u2028",
  "\u00fc",
  "def ",
  "return ",
  "import {",
  "model M(x: [N, 3, H, W]) {",
);
const soup = fc.array(fragments, { maxLength: 60 }).map((parts) => parts.join(""));

/** Cuts a piece out of a text, doubles it, or puts something else in its place. */
const damaged = fc
  .tuple(
    fc.constantFrom(...examples),
    fc.array(
      fc.tuple(
        fc.nat(),
        fc.nat(40),
        fc.oneof(fragments, fc.constant(""), fc.string({ unit: "binary" })),
      ),
      { minLength: 1, maxLength: 6 },
    ),
  )
  .map(([text, cuts]) =>
    cuts.reduce((rest, [at, length, instead]) => {
      const from = at % (rest.length + 1);
      return rest.slice(0, from) + instead + rest.slice(from + length);
    }, text),
  );

describe("the parser answers", () => {
  test("to any text", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), answers), {
      numRuns: 300,
    });
  });

  test("to any sequence of words and signs", () => {
    fc.assert(fc.property(soup, answers), { numRuns: 600 });
  });

  test("to real programs that were damaged", () => {
    fc.assert(fc.property(damaged, answers), { numRuns: 200 });
  });

  test("to every beginning of a program", () => {
    const [text] = examples;
    for (let length = 0; length < text.length; length += 7) answers(text.slice(0, length));
  });
});

describe("layout", () => {
  test("never changes the tree of a program", () => {
    fc.assert(
      fc.property(programPieces, (pieces) => {
        const close = parse({ name: "", text: pieces.join(" ") });
        const wide = parse({ name: "", text: pieces.join("\n\n") });
        expect(close.diagnostics).toEqual([]);
        expect(withoutSpans(wide)).toEqual(withoutSpans(close));
      }),
      { numRuns: 200 },
    );
  });

  test("and comments leave no trace in it", () => {
    const bare = (text: string): string => text.replaceAll(/\/\/.*|\/\*[^]*?\*\//g, " ");
    fc.assert(
      fc.property(programText, (text) => {
        // The samples' texts hold what looks like a comment.
        fc.pre(!text.includes('"// no comment"'));
        const { items } = parse({ name: "", text }).program;
        const without = parse({ name: "", text: bare(text) }).program;
        expect(withoutDocs(withoutSpans(items))).toEqual(withoutSpans(without.items));
      }),
      { numRuns: 100 },
    );
  });
});

function withoutDocs(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutDocs);
  if (typeof node !== "object" || node === null) return node;
  const entries = Object.entries(node).filter(([key]) => key !== "doc");
  return Object.fromEntries(entries.map(([key, value]) => [key, withoutDocs(value)]));
}

/** Sizes at which a parser that backtracks, or looks at all brackets for each, would never end. */
describe("long texts are read in time that grows with their length", () => {
  const times = 20_000;
  test.each([
    ["opening brackets", "(".repeat(times)],
    ["mixed opening brackets", "([{".repeat(times)],
    ["closing brackets", ")]}".repeat(times)],
    ["calls in calls", "model M(x) { x -> " + "f(".repeat(times)],
    ["arrows", "model M(x) {" + " ->".repeat(times) + "}"],
    ["names", "model M(x) {" + " x".repeat(times) + "}"],
    ["operators", "const A = " + "1 + ".repeat(times)],
    ["minus signs", "const A = " + "- ".repeat(times) + "1"],
    ["open texts", 'const A = "a\n'.repeat(times)],
    ["open comments", "/* ".repeat(times)],
    ["comments", "/* */ // \n".repeat(times)],
    ["attributes", "@a ".repeat(times)],
    ["words that begin items", "model ".repeat(times)],
    ["items without ends", "model M(x) { x -> \n".repeat(times)],
    ["semicolons", "const A = 1;\n".repeat(times)],
    ["one long name", "a".repeat(50 * times)],
    ["one long number", "9".repeat(50 * times)],
    ["characters without meaning", "\u{1f600}".repeat(times)],
    ["else", "model M(x) { if a { x }" + " else if a { x }".repeat(times) + "}"],
  ])("%s", (_, text) => answers(text));
});
