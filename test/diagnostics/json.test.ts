/** Diagnostics for other programs. */
import { expect, test } from "vitest";
import { problem } from "../../src/diagnostics/diagnostic.ts";
import { toJson } from "../../src/diagnostics/json.ts";
import { place, placeAll, wholeFile } from "../../src/diagnostics/place.ts";

const source = { name: "a.cnn", text: "// 🚀🚀\nx -> 🚀 convv\n" };

test("lines and columns count from 1, columns in code points", () => {
  const start = source.text.indexOf("convv");
  const span = { file: "a.cnn", start, end: start + 5 };
  const diagnostic = place(
    problem("CNN3001", { name: "convv", what: "layer", nearest: "conv" }),
    span,
    { related: [{ span: { file: "a.cnn", start: 0, end: 2 }, text: "above" }], notes: ["a note"] },
  );
  const fix = { title: "write `conv`", edits: [{ span, text: "conv" }] };
  const place2 = { file: "a.cnn", line: 2, column: 8, endLine: 2, endColumn: 13 };
  expect(toJson([{ ...diagnostic, fix }], [source])).toEqual([
    {
      code: "CNN3001",
      severity: "error",
      message: "there is no layer called `convv`",
      ...place2,
      label: "did you mean `conv`?",
      related: [{ file: "a.cnn", line: 1, column: 1, endLine: 1, endColumn: 3, text: "above" }],
      notes: ["a note"],
      help: [],
      fix: { title: "write `conv`", edits: [{ ...place2, text: "conv" }] },
    },
  ]);
});

test("all places of a mistake are told, also those that a terminal leaves out", () => {
  const text = "a a a a a a";
  const places = [0, 2, 4, 6, 8, 10].map((start) => ({ file: "a.cnn", start, end: start + 1 }));
  const diagnostic = placeAll(problem("CNN3001", { name: "a", what: "layer" }), places);
  expect(diagnostic.related).toHaveLength(3);
  const [{ column, related }] = toJson([diagnostic], [{ name: "a.cnn", text }]);
  expect([column, ...related.map((one) => one.column)]).toEqual([1, 3, 5, 7, 9, 11]);
});

test("a place in a file that is no text is its name", () => {
  const diagnostic = place(problem("CNN5001", { path: "w", reason: "gone" }), wholeFile("w"));
  const [json] = toJson([diagnostic], [source]);
  expect(json).toMatchObject({ file: "w", message: "cannot read w", label: "gone" });
  expect(json).not.toHaveProperty("line");
});
