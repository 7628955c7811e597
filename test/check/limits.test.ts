/** Programs that would grow without end get a message, in bounded work. */
import { describe, expect, test } from "vitest";
import { checked, errors, model } from "./programs.ts";

/** `B0` is one layer; each further block uses the one before `times`. */
function tower(height: number, times: number): string {
  const blocks = Array.from({ length: height }, (_, i) => {
    const uses = Array.from({ length: times }, () => `B${i}`).join(" -> ");
    return `block B${i + 1}(x) { x -> ${uses} }`;
  });
  return ["block B0(x) { x -> relu }", ...blocks, model(`x -> B${height}`)].join("\n");
}

describe("growth", () => {
  test("a repeat of more rounds than any network has", () => {
    expect(errors(model(`x -> repeat 100000000 { relu }`))).toEqual(["CNN3017 at 2"]);
    expect(errors(model(`x -> repeat i in 0..2000000000 { relu }`))).toEqual(["CNN3017 at 2"]);
  });

  test("repeats in repeats", () => {
    expect(errors(model(`x -> repeat 50000 { repeat 50000 { relu } }`))).toEqual(["CNN3017 at 2"]);
  });

  test("rounds that build nothing", () => {
    expect(errors(model(`x -> repeat 90000 { repeat 90000 { if 1 == 2 { relu } } }`))).toEqual([
      "CNN3017 at 2",
    ]);
  });

  test("blocks that double thirty times", () => {
    expect(errors(tower(30, 2))).toEqual(["CNN3017 at 1"]);
  });

  test("a network of ten thousand layers is no such thing", () => {
    const { models, diagnostics } = checked(model(`x -> repeat 10000 { relu }`));
    expect(diagnostics).toEqual([]);
    expect(models[0].graph.nodes).toHaveLength(10_000);
  });
});

describe("depth", () => {
  test("a block that uses itself", () => {
    expect(errors(`block A(x) { x -> A }\n${model(`x -> A`)}`)).toEqual(["CNN3012 at 1"]);
  });

  test("blocks that use each other", () => {
    const text = `block A(x) { x -> B }\nblock B(x) { x -> A }\n${model(`x -> A`)}`;
    expect(errors(text)).toEqual(["CNN3012 at 2"]);
  });

  test("a block that uses itself through a layer parameter", () => {
    const text = `block A(x, f: layer) { x -> f -> A(f) }\n${model(`x -> A(relu)`)}`;
    expect(errors(text)).toEqual(["CNN3012 at 1"]);
  });

  test("a chain of ninety blocks is fine, one of a hundred and one is not", () => {
    expect(errors(tower(90, 1))).toEqual([]);
    expect(errors(tower(101, 1)).map((found) => found.slice(0, 7))).toEqual(["CNN3018"]);
  });

  test("groups inside groups, as deep as the parser takes them", () => {
    const deep = (n: number): string => model(`x -> ${"{ ".repeat(n)}relu${" }".repeat(n)}`);
    expect(errors(deep(100))).toEqual([]);
    expect(errors(deep(5000))).toHaveLength(1);
  });
});

describe("promises", () => {
  test("whose common multiple is astronomical", () => {
    const where = Array.from({ length: 300 }, (_, i) => `H % ${i + 2} == 0`).join(", ");
    const found = errors(`model Net(x: [N, 3, H, W]) where ${where} { x -> relu }`);
    expect(new Set(found)).toEqual(new Set(["CNN3023 at 1"]));
  });

  test("of a remainder that cannot be", () => {
    const where = "H % 2 == 0, H % 9007199254740881 == 3";
    expect(errors(`model Net(x: [N, 3, H, W]) where ${where} { x -> relu }`)).toEqual([
      "CNN3023 at 1",
    ]);
  });
});

describe("arguments and steps beyond what a JavaScript call takes", () => {
  test("concat", () => {
    expect(errors(model(`concat(${"x, ".repeat(150_000)})`))).toEqual([]);
  });

  test("a pipeline", () => {
    expect(errors(model(`x${" -> relu".repeat(150_000)}`))).toEqual(["CNN3017 at 2"]);
  });

  test("messages", () => {
    const lets = Array.from({ length: 4000 }, (_, i) => `let a${i} = y${i} -> relu`);
    expect(errors(model([...lets, "x"].join("\n  ")))).toHaveLength(4000);
  });

  test("constants of constants", () => {
    const chain = Array.from({ length: 5000 }, (_, i) => `const A${i} = A${i + 1}`).join("\n");
    const text = `${chain}\nconst A5000 = 1\n${model(`x -> conv(A0, kernel: 1)`)}`;
    expect(errors(text)).toEqual(["CNN3018 at 101"]);
  });
});

describe("texts", () => {
  test("of more than four mebibytes are not read", () => {
    const text = model(`x -> relu`) + "// longer\n".repeat(500_000);
    expect(errors(text)).toEqual(["CNN1090 at 1"]);
  });

  test("with a hundred mistakes are not read to the end", () => {
    const lets = Array.from({ length: 150 }, (_, i) => `let a${i} = x -> conv(8 kernel: 3)`);
    const found = errors(model([...lets, "x"].join("\n  ")));
    expect(found).toHaveLength(101);
    expect(found.at(-1)).toMatch(/^CNN1093/);
  });
});

describe("size", () => {
  test("a tensor that no machine holds", () => {
    expect(errors(model(`x -> conv(1000000, kernel: 1) -> upsample(10000)`))).toEqual([
      "CNN2040 at 2",
    ]);
  });

  test("numbers beyond exact integers", () => {
    const text = `const BIG = 9007199254740991 * 9007199254740991\n${model(`x -> conv(BIG, kernel: 1)`)}`;
    expect(errors(text)).toHaveLength(1);
  });
});

describe("groups over many blocks", () => {
  test("are refused before the stack ends", () => {
    const groups = (inner: string): string => `${"{ ".repeat(60)}${inner}${" }".repeat(60)}`;
    const blocks = Array.from(
      { length: 80 },
      (_, i) => `block B${i + 1}(x) { x -> ${groups(`B${i}`)} }`,
    );
    const text = ["block B0(x) { x -> relu }", ...blocks, model(`x -> B80`)].join("\n");
    expect(errors(text).map((found) => found.slice(0, 7))).toEqual(["CNN3018"]);
  });
});

describe("remedies", () => {
  test("of a large program cost a few checks and not hundreds", () => {
    const text = model(`x -> repeat 20000 { relu } -> conv(8, kernel: 40) -> rellu`);
    const found = checked(text).diagnostics.map(({ code }) => code);
    expect(found).toEqual(["CNN2003", "CNN3001"]);
  });
});
