/**
 * Large programs: the work to check them, and to show what is wrong as the command line does, grows
 * as they do.
 */
import { describe, expect, test } from "vitest";
import { check } from "../../src/check/check.ts";
import { toJson } from "../../src/diagnostics/json.ts";
import { renderDiagnostics } from "../../src/diagnostics/render.ts";
import { squareShare } from "./steps.ts";

const INPUT = "x: [N, 4, 8, 8]";

function many(count: number, piece: (i: number) => string, between = "\n"): string {
  return Array.from({ length: count }, (_, i) => piece(i)).join(between);
}

function inModel(body: string): string {
  return `model M(${INPUT}) {\n${body}\n}`;
}

/** Programs of a size, by what there are many of. */
const PROGRAMS: Readonly<Record<string, (size: number) => string>> = {
  models: (n) => many(n, (i) => `model M${i}(${INPUT}) { x -> relu }`),
  "models with a training": (n) =>
    many(n, (i) => `model M${i}(${INPUT}) { x -> relu }\ntrain M${i} { epochs: 3 }`),
  "models of one name": (n) => many(n, () => inModel("x -> relu")),
  "models with a mistake": (n) => many(n, (i) => `model M${i}(${INPUT}) { x -> linear(0) }`),
  "blocks, all used": (n) =>
    `${many(n, (i) => `block B${i}(${INPUT}) { x -> relu }`)}\n` +
    inModel(`x ${many(n, (i) => `-> B${i}`, " ")}`),
  constants: (n) => many(n, (i) => `const C${i} = ${i}`),
  "unused lets": (n) => inModel(`${many(n, (i) => `let a${i} = x -> relu`)}\nx`),
  "lets on one line": (n) => inModel(`${many(n, (i) => `let a${i} = x -> relu`, " ")} x`),
  "lets that need each other": (n) =>
    inModel(`let a0 = x\n${many(n, (i) => `let a${i + 1} = a${i} -> relu`)}\na${n}`),
  "lets of one name": (n) => inModel(`${many(n, () => "let a = x -> relu")}\na`),
  "imports that lead nowhere": (n) => many(n, (i) => `import { A${i} } from "./${i}.cnn"`),
  "parameters of a block": (n) =>
    `block B(${INPUT}, ${many(n, (i) => `p${i}: int = 1`, ", ")}) { x -> relu }\n${inModel("x -> B")}`,
  "arguments that a layer does not have": (n) =>
    inModel(`x -> conv(4, kernel: 3, ${many(n, (i) => `foo${i}: 1`, ", ")})`),
  inputs: (n) =>
    `model M(${many(n, (i) => `x${i}: [N, 4, 8, 8]`, ", ")}) { concat(${many(n, (i) => `x${i}`, ", ")}) }`,
  outputs: (n) => inModel(`{ ${many(n, (i) => `o${i} = x -> relu`, ", ")} }`),
  "unknown names, past the number that a suggestion is sought among": (n) =>
    inModel(`${many(500 + n, (i) => `let b${i} = x + c${i}`)}\nx`),
  conditions: (n) =>
    `model M(${many(n, (i) => `x${i}: [N${i}, 3]`, ", ")}) ` +
    `where ${many(n, (i) => `N${i} % 2 == 0`, ", ")} { x0 }`,
  "uses of one layer": (n) => inModel(`let f = conv(4, kernel: 1)\nx -> repeat ${n} { f }`),
  "repeats inside each other": (n) =>
    inModel(`x -> ${"repeat 1 { ".repeat(n / 16)}relu${" }".repeat(n / 16)}`),
  layers: (n) => inModel(`x ${many(n, () => "-> conv(4, kernel: 1) -> relu")}`),
  labels: (n) => inModel(`x ${many(n, (i) => `-> l${i}: relu`)}`),
  "labels of one name": (n) => inModel(`x ${many(n, () => "-> l: relu")}`),
  "missing operands": (n) => many(n, (i) => `model M${i}(${INPUT}) { x -> -> relu }`),
  comments: (n) => `${many(n, (i) => `// ${i}`)}\n${inModel("x -> relu")}`,
  attributes: (n) => `${many(n, (i) => `@a${i}("x")`)}\n${inModel("x -> relu")}`,
};

describe("the work grows no faster than the number of", () => {
  test.each(Object.entries(PROGRAMS))("%s", (_, program) => {
    const share = squareShare(128, (size) => {
      const source = { name: "large.cnn", text: program(size) };
      const { diagnostics, sources } = check(source, { remedies: false });
      toJson(diagnostics, sources);
      renderDiagnostics(diagnostics.slice(0, 100), sources, { color: false });
    });
    expect(share).toBeLessThan(0.05);
  });
});

test("work that grows with the square is seen", () => {
  const share = squareShare(128, (size) => {
    const names = Array.from({ length: size }, (_, i) => `${i}`);
    for (const name of names) names.includes(name);
  });
  expect(share).toBeGreaterThan(0.9);
});
