/** Imports and constants. */
import { describe, expect, test } from "vitest";
import { check } from "../../src/check/check.ts";
import type { Resolve } from "../../src/check/modules.ts";
import { errors, graphOf, model, resultType } from "./programs.ts";

/** Files by name, beside the program. */
function files(sources: Readonly<Record<string, string>>): Resolve {
  return (path) => {
    const name = path.replace("./", "");
    return Object.hasOwn(sources, name) ? { name, text: sources[name] } : undefined;
  };
}

function codesOf(text: string, sources: Readonly<Record<string, string>>): string[] {
  const { diagnostics } = check(
    { name: "net.cnn", text },
    { resolve: files(sources), remedies: false },
  );
  return diagnostics.map(({ code, span }) => `${code} in ${span.file}`);
}

const BLOCKS = `const WIDTH = 8\n\nblock Stem(x) { x -> conv(WIDTH, kernel: 3) -> relu }\n`;

describe("imports", () => {
  test("bring blocks and constants, under another name too", () => {
    const text = `import { Stem, WIDTH as W0 } from "./blocks.cnn"\n${model(`x -> Stem -> conv(W0, kernel: 1)`)}`;
    const graph = graphOf(text, { resolve: files({ "blocks.cnn": BLOCKS }) });
    expect(graph.nodes.map(({ name }) => name)).toEqual(["stem1.conv1", "stem1.relu1", "conv1"]);
  });

  test("of an imported file's own imports are followed", () => {
    const text = `import { Stem } from "./a.cnn"\n${model(`x -> Stem`)}`;
    const sources = {
      "a.cnn": `import { Stem as Inner } from "./blocks.cnn"\nblock Stem(x) { x -> Inner }\n`,
      "blocks.cnn": BLOCKS,
    };
    expect(codesOf(text, sources)).toEqual([]);
  });

  test("do not bring what the other file imports", () => {
    const text = `import { Inner } from "./a.cnn"\n${model(`x -> relu`)}`;
    const sources = {
      "a.cnn": `import { Stem as Inner } from "./blocks.cnn"\n`,
      "blocks.cnn": BLOCKS,
    };
    // That a file passes on what it imports is no promise: but the name is there.
    expect(codesOf(text, sources)).toEqual(["CNN4012 in net.cnn"]);
  });

  test("models can be used as blocks", () => {
    const sources = { "vgg.cnn": model(`x -> conv(4, kernel: 3) -> relu`) };
    const text = `import { Net as Backbone } from "./vgg.cnn"\nmodel Whole(x: [N, 4, 32, 32]) { x -> Backbone -> flatten -> linear(10) }`;
    expect(codesOf(text, sources)).toEqual([]);
  });

  test("a file that is imported twice is read once", () => {
    const asked: string[] = [];
    const text = `import { Stem } from "./blocks.cnn"\nimport { WIDTH } from "./blocks.cnn"\n${model(`x -> Stem -> conv(WIDTH, kernel: 1) -> relu`)}`;
    const { sources } = check(
      { name: "net.cnn", text },
      {
        remedies: false,
        resolve: (path) => {
          asked.push(path);
          return { name: "blocks.cnn", text: BLOCKS };
        },
      },
    );
    expect(asked).toHaveLength(2);
    expect(sources.map(({ name }) => name)).toEqual(["net.cnn", "blocks.cnn"]);
  });

  test("that fail are told once", () => {
    const text = `import { Stem, Head } from "./none.cnn"\n${model(`x -> Stem -> Head -> Head`)}`;
    expect(codesOf(text, {})).toEqual(["CNN3014 in net.cnn"]);
  });

  test("of unknown names propose the near one", () => {
    const text = `import { Stemm } from "./blocks.cnn"\n${model(`x -> Stemm`)}`;
    const { diagnostics } = check(
      { name: "net.cnn", text },
      { resolve: files({ "blocks.cnn": BLOCKS }) },
    );
    expect(diagnostics.map(({ code, fix }) => [code, fix?.title])).toEqual([
      ["CNN3015", "write `Stem`"],
    ]);
  });

  test("in a circle are refused, in the file that closes it", () => {
    const text = `import { A } from "./a.cnn"\n${model(`x -> A`)}`;
    const sources = {
      "a.cnn": `import { B } from "./b.cnn"\nblock A(x) { x -> B }\n`,
      "b.cnn": `import { A } from "./a.cnn"\nblock B(x) { x -> A }\n`,
    };
    expect(codesOf(text, sources)).toEqual(["CNN3013 in b.cnn"]);
    expect(
      codesOf(`import { Net } from "./net.cnn"\n${model(`x -> relu`)}`, { "net.cnn": "" }),
    ).toContain("CNN3013 in net.cnn");
  });

  test("a hundred files deep are refused, and end in bounded work", () => {
    const names = Array.from({ length: 3000 }, (_, i) => `${i}.cnn`);
    const sources = Object.fromEntries(
      names.map((name, i) => [
        name,
        `import { B${i + 1} } from "./${i + 1}.cnn"\nblock B${i}(x) { x -> B${i + 1} }\n`,
      ]),
    );
    expect(codesOf(`import { B0 } from "./0.cnn"\n${model(`x -> B0`)}`, sources)).toEqual([
      "CNN3029 in 98.cnn",
    ]);
  });

  test("show the mistakes of the imported file in its own place", () => {
    const text = `import { Stem } from "./blocks.cnn"\n${model(`x -> Stem`)}`;
    expect(codesOf(text, { "blocks.cnn": `block Stem(x) { x -> rellu }\n` })).toEqual([
      "CNN3001 in blocks.cnn",
    ]);
  });
});

describe("constants", () => {
  test("are computed, and may depend on each other in any order", () => {
    const text = `const DOUBLE = 2 * WIDTH\nconst WIDTH = 3 + 1\n${model(`x -> conv(DOUBLE, kernel: 1)`)}`;
    expect(resultType(text)).toBe("[N, 8, 32, 32]");
  });

  test.each([
    ["7 / 2", 3],
    ["-7 / 2 + 10", 6],
    ["7 % 4", 3],
    ["2 + 3 * 4", 14],
    ["(2 + 3) * 4", 20],
    ["16 / 4 / 2", 2],
    ["10 - 4 - 3", 3],
  ])("%s is %i", (expression, value) => {
    expect(resultType(`const A = ${expression}\n${model(`x -> conv(A, kernel: 1)`)}`)).toBe(
      `[N, ${value}, 32, 32]`,
    );
  });

  test("may be sizes of an input, floats, words' rivals and tuples", () => {
    const text = `const SIZE = 16\nconst KERNEL = (3, 5)\nconst P = 0.25
model Net(x: [N, 3, SIZE, SIZE]) { x -> conv(4, kernel: KERNEL) -> dropout(P) -> relu }`;
    expect(resultType(text)).toBe("[N, 4, 14, 12]");
  });

  test("made from themselves are refused", () => {
    const text = `const A = B + 1\nconst B = A + 1\n${model(`x -> conv(A, kernel: 1)`)}`;
    expect(errors(text)).toEqual(["CNN3012 at 1"]);
  });

  test("without a value are refused", () => {
    const text = `const A = 1 / 0\n${model(`x -> conv(A, kernel: 1)`)}`;
    expect(errors(text)).toEqual(["CNN3024 at 1"]);
  });
});

describe("several results", () => {
  test("have the names of the record", () => {
    const graph = graphOf(model(`{ scores = x -> flatten -> linear(10), features = x -> relu }`));
    expect(graph.outputs.map(({ name }) => name)).toEqual(["scores", "features"]);
  });

  test("of a block are its fields", () => {
    const text =
      `block Two(x) { { left = x -> relu, right = x -> tanh } }\n` +
      model(`let two = x -> Two\n  two.left + two.right`);
    expect(graphOf(text).nodes.map(({ kind }) => kind)).toEqual(["relu", "tanh", "add"]);
  });

  test("that are declared must be there", () => {
    const text = (body: string): string =>
      `model Net(x: [N, 4, 8, 8]) -> { a: [N, 10], b: [N, 4, 8, 8] } { ${body} }`;
    expect(errors(text(`{ a = x -> flatten -> linear(10), b = x }`))).toEqual([]);
    expect(errors(text(`{ a = x -> flatten -> linear(9), b = x }`))).toEqual(["CNN2033 at 1"]);
    expect(errors(text(`{ a = x -> flatten -> linear(10), c = x }`))).toEqual(["CNN3019 at 1"]);
    expect(errors(text(`x`))).toEqual(["CNN3008 at 1"]);
  });

  test("of a split are taken apart", () => {
    expect(resultType(model(`let (a, b) = x -> split((1, 3))\n  concat(b, a, b)`))).toBe(
      "[N, 7, 32, 32]",
    );
  });
});
