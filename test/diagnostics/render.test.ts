/** The look of messages: each test shows a program and the message above each other. */
import { describe, expect, test } from "vitest";
import { type Diagnostic, type Fix, problem } from "../../src/diagnostics/diagnostic.ts";
import { type Details, place } from "../../src/diagnostics/place.ts";
import { type RenderOptions, renderDiagnostics } from "../../src/diagnostics/render.ts";
import { displayWidth } from "../../src/diagnostics/render/width.ts";
import type { Source, Span } from "../../src/diagnostics/span.ts";

const lenet: Source = {
  name: "lenet.cnn",
  text: `/// LeNet-5
model LeNet5(image: [N, 1, 28, 28]) -> [N, 10] {
  image
    -> conv(6, kernel: 5, padding: 2) -> relu
    -> avg_pool(7)
    -> relu
    -> conv(16, kernel: 5) -> relu
    -> flatten -> linear(10)
}
`,
};

/** The place of the only occurrence of `text`, which may hold line breaks. */
function spanOf(source: Source, text: string): Span {
  const start = source.text.indexOf(text);
  expect(source.text.indexOf(text, start + 1), `${text} is unique`).toBe(-1);
  expect(start, `${text} occurs`).toBeGreaterThanOrEqual(0);
  return { file: source.name, start, end: start + text.length };
}

/** A message with words of its own at every place. */
function message(span: Span, label: string, details: Details = {}): Diagnostic {
  return place(problem("CNN5001", { path: "this", reason: label }), span, details);
}

function render(
  diagnostics: Diagnostic | readonly Diagnostic[],
  sources: readonly Source[],
  options: Partial<RenderOptions> = {},
): string {
  const list = Array.isArray(diagnostics) ? diagnostics : [diagnostics];
  return renderDiagnostics(list, sources, { color: false, ...options });
}

const tooLarge = (details: Details): Diagnostic =>
  place(
    problem("CNN2003", {
      axis: "height",
      needs: "5×5",
      gets: "4×4",
      formula: "floor((4 + 2·0 − 1·(5 − 1) − 1) / 1) + 1 = 0",
      channelsLast: false,
    }),
    spanOf(lenet, "conv(16, kernel: 5)"),
    details,
  );

test("the mistake, its cause, the formula and the remedy", () => {
  const diagnostic = tooLarge({
    related: [{ span: spanOf(lenet, "avg_pool(7)"), text: "28×28 became 4×4 here" }],
    help: ["add `padding: 1`, or pool by 2 instead of 7"],
  });
  expect(render(diagnostic, [lenet])).toBe(
    `error CNN2003: the kernel is larger than its input
  ┌─ lenet.cnn:7:8
7 │     -> conv(16, kernel: 5) -> relu
  │        ^^^^^^^^^^^^^^^^^^^ needs at least 5×5, gets 4×4
  │
5 │     -> avg_pool(7)
  │        ----------- 28×28 became 4×4 here
  │
  = height: floor((4 + 2·0 − 1·(5 − 1) − 1) / 1) + 1 = 0
  help: add \`padding: 1\`, or pool by 2 instead of 7
`,
  );
});

test("a fix is shown as the line before and after, and not twice in words", () => {
  const kernel = spanOf(lenet, "kernel: 5)");
  const fix: Fix = {
    title: "add `padding: 1`",
    edits: [
      { span: { ...kernel, start: kernel.end - 1, end: kernel.end - 1 }, text: ", padding: 1" },
    ],
  };
  const diagnostic = { ...tooLarge({ help: ["add `padding: 1`"] }), fix };
  expect(render(diagnostic, [lenet])).toBe(
    `error CNN2003: the kernel is larger than its input
  ┌─ lenet.cnn:7:8
7 │     -> conv(16, kernel: 5) -> relu
  │        ^^^^^^^^^^^^^^^^^^^ needs at least 5×5, gets 4×4
  │
  = height: floor((4 + 2·0 − 1·(5 − 1) − 1) / 1) + 1 = 0
  help: add \`padding: 1\`
7 -     -> conv(16, kernel: 5) -> relu
7 +     -> conv(16, kernel: 5, padding: 1) -> relu
`,
  );
});

test("a fix in several places shows each; a removed line has no line after", () => {
  const source = { name: "a.cnn", text: "import { A } from 'a'\n\nlet b = 1\nlet c = b\n" };
  const fix: Fix = {
    title: "remove it",
    edits: [
      { span: { file: "a.cnn", start: 0, end: 21 }, text: "" },
      { span: spanOf(source, "c = b"), text: "c = 1" },
      { span: spanOf(source, "b = 1"), text: "d = 1" },
    ],
  };
  const diagnostic = { ...message(spanOf(source, "A"), "unused"), fix };
  expect(render(diagnostic, [source])).toBe(
    `error CNN5001: cannot read this
  ┌─ a.cnn:1:10
1 │ import { A } from 'a'
  │          ^ unused
  │
  help: remove it
1 - import { A } from 'a'
3 - let b = 1
4 - let c = b
3 + let d = 1
4 + let c = 1
`,
  );
});

describe("several places of one line", () => {
  const source = { name: "a.cnn", text: "x -> conv(8, kernel: 3) -> linear(10)\n" };

  test("words of the left ones hang below, none crossed by a line", () => {
    const diagnostic = message(spanOf(source, "x"), "the input", {
      related: [
        { span: spanOf(source, "linear(10)"), text: "takes vectors" },
        { span: spanOf(source, "conv(8, kernel: 3)"), text: "makes a map" },
      ],
    });
    expect(render(diagnostic, [source])).toBe(
      `error CNN5001: cannot read this
  ┌─ a.cnn:1:1
1 │ x -> conv(8, kernel: 3) -> linear(10)
  │ ^    ------------------    ---------- takes vectors
  │ │    │
  │ │    makes a map
  │ the input
`,
    );
  });

  test("the mistake is seen where places overlap", () => {
    const diagnostic = message(spanOf(source, "kernel: 3"), "this", {
      related: [{ span: spanOf(source, "conv(8, kernel: 3)"), text: "of this" }],
    });
    expect(render(diagnostic, [source])).toBe(
      `error CNN5001: cannot read this
  ┌─ a.cnn:1:14
1 │ x -> conv(8, kernel: 3) -> linear(10)
  │      --------^^^^^^^^^-
  │      │       │
  │      │       this
  │      of this
`,
    );
  });
});

describe("places of several lines", () => {
  test("a bracket at the side", () => {
    const span = spanOf(lenet, "image\n    -> conv(6, kernel: 5, padding: 2) -> relu");
    expect(render(message(span, "this much"), [lenet])).toBe(
      `error CNN5001: cannot read this
  ┌─ lenet.cnn:3:3
3 │ ╭   image
4 │ │     -> conv(6, kernel: 5, padding: 2) -> relu
  │ ╰─────────────────────────────────────────────^ this much
`,
    );
  });

  test("that begin inside a line, and are long", () => {
    const start = lenet.text.indexOf("{");
    const span = { file: lenet.name, start, end: lenet.text.length };
    const diagnostic = message(span, "the body");
    expect(render(diagnostic, [lenet])).toBe(
      `error CNN5001: cannot read this
  ┌─ lenet.cnn:2:48
2 │   model LeNet5(image: [N, 1, 28, 28]) -> [N, 10] {
  │ ╭────────────────────────────────────────────────^
3 │ │   image
4 │ │     -> conv(6, kernel: 5, padding: 2) -> relu
5 │ │     -> avg_pool(7)
6 │ │     -> relu
7 │ │     -> conv(16, kernel: 5) -> relu
8 │ │     -> flatten -> linear(10)
9 │ │ }
  │ ╰─^ the body
`,
    );
    const longer = { ...lenet, text: lenet.text.replace("    -> relu\n", "\n\n\n\n") };
    const end = longer.text.length;
    expect(render(message({ ...span, end }, "the body"), [longer])).toBe(
      `error CNN5001: cannot read this
   ┌─ lenet.cnn:2:48
 2 │   model LeNet5(image: [N, 1, 28, 28]) -> [N, 10] {
   │ ╭────────────────────────────────────────────────^
 3 │ │   image
 4 │ │     -> conv(6, kernel: 5, padding: 2) -> relu
 5 │ │     -> avg_pool(7)
 · │ │
11 │ │     -> flatten -> linear(10)
12 │ │ }
   │ ╰─^ the body
`,
    );
  });
});

describe("places in other files", () => {
  const block = { name: "blocks.cnn", text: "block A(x) {\n  x -> relu\n}\n" };

  test("have a header of their own", () => {
    const diagnostic = message(
      spanOf(lenet, "relu\n    -> conv(16".slice(0, 4) + "\n    -> avg"),
      "",
      {
        related: [{ span: spanOf(block, "relu"), text: "called here" }],
      },
    );
    expect(render(diagnostic, [lenet, block])).toBe(
      `error CNN5001: cannot read this
  ┌─ lenet.cnn:4:42
4 │       -> conv(6, kernel: 5, padding: 2) -> relu
  │ ╭──────────────────────────────────────────^
5 │ │     -> avg_pool(7)
  │ ╰──────────^
  │
  ┌─ blocks.cnn:2:8
2 │   x -> relu
  │        ---- called here
`,
    );
  });

  test("that are no text have only their name", () => {
    const diagnostic = message({ file: "w.safetensors", start: 0, end: 0 }, "it is empty", {
      help: ["copy it again"],
    });
    expect(render(diagnostic, [lenet])).toBe(
      `error CNN5001: cannot read this
  ┌─ w.safetensors
  │ it is empty
  │
  help: copy it again
`,
    );
  });
});

/** The line and the marks below it, without gutter. */
function oneLine(text: string, marked: string, options: Partial<RenderOptions> = {}): string[] {
  const source = { name: "a.cnn", text };
  const [, , line, marks] = render(
    message(spanOf(source, marked), "here"),
    [source],
    options,
  ).split("\n");
  return [line.slice(4), marks.slice(4)];
}

describe("what a terminal shows", () => {
  test("tabs stop at every fourth column", () => {
    expect(oneLine("\tx\t-> conv\n", "conv")).toEqual(["    x   -> conv", "           ^^^^ here"]);
  });

  test("wide characters take two columns, combining ones none", () => {
    // Widths after Unicode UAX #11: 幅 is W, U+0301 has no width, 🚀 is an emoji.
    expect(oneLine("// 幅🚀 e\u0301 conv\n", "conv")).toEqual([
      "// 幅🚀 e\u0301 conv",
      "          ^^^^ here",
    ]);
    expect(displayWidth("幅🚀 e\u0301")).toBe(6);
  });

  test("control and direction characters are seen, not obeyed", () => {
    expect(oneLine("\u001B[31m\u202Econv\r\n", "conv")).toEqual([
      "␛[31m\uFFFDconv",
      "      ^^^^ here",
    ]);
  });

  test("an empty place, at the end of a line and of the text", () => {
    const source = { name: "a.cnn", text: "x ->\ny" };
    const at = (offset: number): string =>
      render(message({ file: "a.cnn", start: offset, end: offset }, "here"), [source]);
    expect(at(4)).toContain("1 │ x ->\n  │     ^ here\n");
    expect(at(6)).toContain("2 │ y\n  │  ^ here\n");
    expect(at(99)).toContain("2 │ y\n  │  ^ here\n");
  });

  test("a long line is cut around the mark", () => {
    const text = `${"a".repeat(200)} conv ${"b".repeat(200)}`;
    const [line, marks] = oneLine(text, "conv", { width: 60 });
    expect(line).toMatch(/^…a+ conv b+…$/);
    expect(displayWidth(line)).toBeLessThanOrEqual(56);
    expect(marks.indexOf("^")).toBe(line.indexOf("conv"));
    expect(marks).toMatch(/^ +\^\^\^\^ here$/);
  });

  test("a mark at the start or the end of a long line needs one cut only", () => {
    const text = `conv ${"b".repeat(200)} relu`;
    expect(oneLine(text, "conv", { width: 60 })[0]).toMatch(/^conv b+…$/);
    const [line, marks] = oneLine(text, "relu", { width: 60 });
    expect(line).toMatch(/^…b+ relu$/);
    expect(marks.indexOf("^")).toBe(line.indexOf("relu"));
  });

  test("a mark longer than the terminal is cut with its line", () => {
    const text = `x -> ${"b".repeat(500)} -> y`;
    const [line, marks] = oneLine(text, "b".repeat(500), { width: 60 });
    expect(displayWidth(line)).toBeLessThanOrEqual(56);
    expect(displayWidth(marks.replace(" here", ""))).toBeLessThanOrEqual(56);
  });

  test("a line of a million characters takes no time of its own", () => {
    const text = `${"a ".repeat(500_000)}conv${" b".repeat(500_000)}`;
    const [line, marks] = oneLine(text, "conv");
    expect(marks.indexOf("^")).toBe(line.indexOf("conv"));
  });
});

describe("colours", () => {
  const plain = tooLarge({
    related: [{ span: spanOf(lenet, "avg_pool(7)"), text: "28×28 became 4×4 here" }],
  });

  test("are left out without `color`, and are all that `color` adds", () => {
    const [without, coloured] = [false, true].map((color) => render(plain, [lenet], { color }));
    expect(without).not.toContain("\u001B");
    const parts = coloured.split("\u001B").map((part) => part.replace(/^\[[\d;]*m/, ""));
    expect(parts.join("")).toBe(without);
  });

  test("tell the mistake from what explains it", () => {
    const coloured = render(plain, [lenet], { color: true });
    expect(coloured).toContain("\u001B[1;31merror CNN2003\u001B[0m");
    expect(coloured).toContain("\u001B[1;31m^^^^^^^^^^^^^^^^^^^\u001B[0m");
    expect(coloured).toContain("\u001B[36m-----------\u001B[0m");
  });
});

test("several messages have an empty line between them", () => {
  const first = message(spanOf(lenet, "avg_pool(7)"), "one");
  const second = message(spanOf(lenet, "linear(10)"), "two");
  expect(render([first, second], [lenet])).toBe(
    `${render(first, [lenet])}\n${render(second, [lenet])}`,
  );
});
