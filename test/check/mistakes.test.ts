/** One mistake gives one message, however much depends on it; several give as many. */
import { describe, expect, test } from "vitest";
import { wordsOf } from "../../src/diagnostics/words.ts";
import { checked, diagnosticsOf, errors, findings, model } from "./programs.ts";

describe("one mistake gives one message", () => {
  test.each([
    [
      "a size in the middle of a pipeline",
      model(`x -> conv(8, kernel: 40) -> relu -> conv(8, kernel: 40) -> flatten -> linear(9)`),
    ],
    ["an unknown layer", model(`x -> rellu -> conv(8, kernel: 3) -> flatten -> linear(10)`)],
    [
      "a `let` of which much is made",
      model(`let y = x -> conv(8, kernel: 40)\n  let z = y + y\n  concat(y, z) -> flatten`),
    ],
    ["an unknown name in an argument", model(`x -> conv(WIDTH, kernel: 3) -> conv(8, kernel: 3)`)],
    [
      "a block that is used ten times",
      `block B(x) { x -> conv(4, kernel: 40) }\n${model(`x -> repeat 10 { B }`)}`,
    ],
    [
      "a wrong branch of a residual sum",
      model(`(x -> conv(8, kernel: 3)) + x -> relu -> flatten -> linear(10)`),
    ],
    [
      "a wrong result that is declared",
      `model Net(x: [N, 3, 8, 8]) -> [N, 10] { x -> flatten -> linear(11) }`,
    ],
    [
      "an unknown name that is declared as the result",
      `model Net(x: [N, 3, 8, 8]) -> [N, M] { x -> flatten -> linear(11) }`,
    ],
    [
      "an import that is not there",
      `import { A, B } from "./no.cnn"\n${model(`x -> A -> B(3) -> relu`)}`,
    ],
    ["a layer plus a value", model(`x -> conv(4, kernel: 1) + x -> relu -> flatten -> linear(10)`)],
    ["a missing argument", model(`x -> conv(8) -> relu -> conv(8, kernel: 3)`)],
    [
      "a constant that is a word",
      `const A = B\nconst C = A\n${model(`x -> conv(A, kernel: 3) -> conv(C, kernel: 3)`)}`,
    ],
    [
      "an input that is declared twice",
      `model Net(x: [N, 3, 8, 8], x: [N, 3, 8, 8]) { x -> relu }`,
    ],
    [
      "a parameter that is declared twice",
      `block B(x, n: int, n: int) { x -> conv(n, kernel: 1) }\n${model(`x -> B(4)`)}`,
    ],
    ["a tuple of the wrong length", model(`let (a, b, c) = x -> split(2)\n  a + b + c -> relu`)],
  ])("%s", (_, text) => {
    expect(diagnosticsOf(text)).toHaveLength(1);
  });
});

describe("the order of arguments", () => {
  const LARGE = "x: [N, 3, 32, 32]";

  test.each([
    `conv(3, 16, 3)`,
    `conv(3, 16, 3, 1, 1)`,
    `conv(3, 64, 7, stride: 2)`,
    `conv(3, 64, 7, 2, padding: 3)`,
    `conv(3, 6, 5)`,
    `conv(3, 4, 3)`,
    `conv(3, 32, 1)`,
    `conv(3, 16, kernel: 3)`,
    `conv_transpose(3, 16, 3)`,
    `conv_transpose(3, 16, 2, 2)`,
    `conv_transpose(3, 32, 4, 2, 1)`,
    `flatten -> linear(3072, 10)`,
    `flatten -> linear(3072, 10, bias: false)`,
  ])("PyTorch's, and nothing else is wrong: %s", (layers) => {
    expect(diagnosticsOf(model(`x -> ${layers}`, LARGE)).map(({ code }) => code)).toEqual([
      "CNN3030",
    ]);
  });

  // As many channels as before, which in PyTorch's order would be the first argument.
  test.each([
    `conv(3, 3)`,
    `conv(3, 3, 1)`,
    `conv(3, 5, 1, 2)`,
    `conv(3, 7, 2, 3)`,
    `conv(3, 4, 2, 1)`,
    `conv(3, 2, 2)`,
    `conv(3, 2, 1)`,
    `conv(3, 8, 8)`,
    `conv(3, 3, 3)`,
    `conv(3, kernel: 6, stride: 1)`,
    `conv(8, 4, 3)`,
    `conv_transpose(3, 4, 2)`,
    `conv_transpose(3, 4, 2, 1)`,
    `conv_transpose(3, 16, 8)`,
    `conv_transpose(3, 8, 8)`,
  ])("this language's: %s", (layers) => {
    const found = diagnosticsOf(model(`x -> ${layers}`, LARGE)).filter(
      ({ severity }) => severity === "error",
    );
    expect(found).toEqual([]);
  });
});

describe("independent mistakes are all told", () => {
  test("in one pipeline, as far as sizes are known", () => {
    const text = model(`x
    -> conv(8, kernel: 3, paddding: 1)
    -> rellu
    -> dropout(2)`);
    expect(errors(text)).toEqual(["CNN3004 at 3", "CNN3001 at 4", "CNN3003 at 5"]);
  });

  test("in separate `let`s", () => {
    const text = model(`let a = x -> conv(8, kernel: 40)
  let b = x -> conv(8, kernel: 3, groups: 3)
  let c = x -> linear(10)
  a + b + c`);
    expect(errors(text)).toEqual(["CNN2003 at 2", "CNN2004 at 3", "CNN2007 at 4"]);
  });

  test("in blocks that nothing uses", () => {
    const text = `block Unused(x) { x -> rellu }\n${model(`x -> tannh`)}`;
    expect(errors(text)).toEqual(["CNN3001 at 1", "CNN3001 at 3"]);
  });

  test("in a branch that is not taken", () => {
    const text = model(`if 1 == 2 { x -> rellu } else { x }`);
    expect(errors(text)).toEqual(["CNN3001 at 2"]);
  });

  test("in several models and a train block", () => {
    const text = `${model(`x -> conv(8, kernel: 40)`)}
model Other(x: [N, 3, 4, 4]) {
  x -> relu -> [N, 4, 4, 4]
}
train Net { loss: cross_entrpy  optimizer: sgd(lr: -1) }`;
    expect(errors(text)).toEqual(["CNN2003 at 2", "CNN2030 at 6", "CNN3001 at 8", "CNN3003 at 8"]);
  });

  test("beside mistakes of syntax", () => {
    const text = `model A(x: [N, 3, 8, 8]) {
  x -> conv(8 kernel: 3)
}

model B(x: [N, 3, 8, 8]) {
  x -> rellu
}`;
    const found = errors(text);
    expect(found).toHaveLength(2);
    expect(found[0]).toMatch(/^CNN1\d{3} at 2$/);
    expect(found[1]).toBe("CNN3001 at 6");
  });
});

describe("names that are nearly right", () => {
  const proposed = (text: string): (string | undefined)[] =>
    checked(text).diagnostics.map(({ fix }) => fix?.edits.map((edit) => edit.text).join());

  test.each([
    ["a letter too many", "rellu", "relu"],
    ["a letter missing", "batch_nrm", "batch_norm"],
    ["two letters exchanged", "sigmiod", "sigmoid"],
    ["PyTorch's class", "Conv2d(4, kernel: 1)", "conv"],
    ["Keras's class", "MaxPooling2D(2)", "max_pool"],
    ["another word", "interpolate(2)", "upsample"],
  ])("%s", (_, written, right) => {
    expect(proposed(model(`x -> ${written}`))).toEqual([right]);
  });

  test("of a `let`, a parameter and a block", () => {
    expect(proposed(model(`let features = x -> relu\n  feature -> relu`))).toEqual(["features"]);
    expect(proposed(model(`imge -> relu`, "image: [N, 3, 8, 8]"))).toEqual(["image"]);
    expect(proposed(`block Residual(x) { x -> relu }\n${model(`x -> Residul`)}`)).toEqual([
      "Residual",
    ]);
  });

  test("are not proposed where nothing is near", () => {
    const [{ fix }] = checked(model(`x -> quux`)).diagnostics;
    expect(fix).toBeUndefined();
  });
});

describe("places and words", () => {
  test("a mistake inside a block names the use", () => {
    const text = `block Inner(x) { x -> conv(4, kernel: 9) }
block Outer(x) { x -> Inner }
${model(`x -> Outer`, "x: [N, 3, 8, 8]")}`;
    const [{ span, related }] = diagnosticsOf(text);
    expect(text.slice(span.start, span.end)).toBe("conv(4, kernel: 9)");
    expect(
      related.map((label) => [text.slice(label.span.start, label.span.end), label.text]),
    ).toEqual([
      ["x: [N, 3, 8, 8]", "the input has 8×8"],
      ["Inner", "in this use of Inner"],
      ["Outer", "in this use of Outer"],
    ]);
  });

  test("the argument that is at fault is pointed at", () => {
    const text = model(`x -> conv(8, kernel: 3, groups: 3)`);
    const [{ span }] = diagnosticsOf(text);
    expect(text.slice(span.start, span.end)).toBe("groups: 3");
  });

  test("`x -> conv(8) + y` says where the parentheses belong", () => {
    const text = model(`x -> conv(4, kernel: 1) + x`);
    const [diagnostic] = checked(text).diagnostics;
    expect(diagnostic.code).toBe("CNN3009");
    expect(wordsOf(diagnostic).help.join()).toContain("(x -> layer) + y");
    expect(diagnostic.fix?.edits.map(({ text: inserted }) => inserted)).toEqual(["(", ")"]);
  });

  test("channels that stand last are recognised", () => {
    const inputs = [
      "conv(8, kernel: 7)",
      "conv(8, kernel: 3, in_channels: 3)",
      "conv(8, kernel: 3)",
    ];
    const found = inputs.map(
      (layer) => checked(model(`x -> ${layer}`, "x: [N, 64, 64, 3]")).diagnostics,
    );
    expect(found.map(([{ fix }]) => fix?.title)).toEqual(
      inputs.map(() => "declare the input as [N, 3, 64, 64]"),
    );
  });

  test("warnings wait until the errors are mended", () => {
    const text = model(`let unused = x -> relu\n  x -> conv(4, kernel: 3) -> batch_norm -> rellu`);
    expect(findings(text)).toEqual(["CNN3001 at 3"]);
  });
});
