/**
 * Whatever the program, the checker answers: it never throws, never hangs, and every graph that it
 * makes is sound. Random programs are made of real layers with random arguments; mutated ones stay close
 * to real networks.
 */
import * as fc from "fast-check";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { brokenInvariant } from "../../src/analysis/verify.ts";
import { check } from "../../src/check/check.ts";
import { renderDiagnostics } from "../../src/diagnostics/render.ts";

const EXAMPLES = join(import.meta.dirname, "../../examples");

/** The examples cut into words, numbers, marks and what stands between them. */
const sources = readdirSync(EXAMPLES)
  .filter((file) => file.endsWith(".cnn"))
  .map((file) => readFileSync(join(EXAMPLES, file), "utf8").match(/\w+|\s+|->|[^\w\s]/g) ?? []);

const mistakes = readdirSync(join(EXAMPLES, "mistakes")).map(
  (file) =>
    readFileSync(join(EXAMPLES, "mistakes", file), "utf8").match(/\w+|\s+|->|[^\w\s]/g) ?? [],
);

const WORDS = [
  "0",
  "1",
  "2",
  "3",
  "7",
  "64",
  "-1",
  "1.5",
  "1000000007",
  "same",
  "true",
  "N",
  "C",
  "H",
  "x",
  "image",
  "relu",
  "conv",
  "batch_norm",
  "linear",
  "flatten",
  "concat",
  "add",
  "upsample",
  "softmax",
  "repeat",
  "if",
  "else",
  "let",
  "block",
  // Habits of other frameworks.
  "nn.Conv2d(3, 8, 3)",
  "Conv2d(filters: 8, activation: 'relu')",
  "F.relu(",
  "self.fc(x)",
  "x.view(x.size(0), -1)",
  ".relu()",
  "Sequential([",
  "None",
  "lambda y: y",
  "for i in range(3)",
  "range(1, 2)",
  "+=",
  "is not",
  "print(x)",
  'f"a"',
  '"""',
  "\nimport torch\n",
  "\nclass A(nn.Module):\n",
  "model",
  "where",
  "const",
  "(",
  ")",
  "[",
  "]",
  "{",
  "}",
  ",",
  ":",
  "->",
  "+",
  "-",
  "*",
  "/",
  "%",
  "==",
  "=",
  "..",
  ".",
  "@",
];

interface Change {
  readonly at: number;
  readonly how: "delete" | "replace" | "insert" | "copy";
  readonly word: string;
}

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(5000),
  how: fc.constantFrom("delete", "replace", "insert", "copy"),
  word: fc.constantFrom(...WORDS),
});

function mutate(words: readonly string[], changes: readonly Change[]): string {
  const text = [...words];
  for (const { at, how, word } of changes) {
    const place = at % Math.max(1, text.length);
    if (how === "delete") text.splice(place, 1);
    else if (how === "replace") text.splice(place, 1, word);
    else if (how === "insert") text.splice(place, 0, ` ${word} `);
    else text.splice(place, 0, ...text.slice(place, place + 12));
  }
  return text.join("");
}

const small = fc.integer({ min: 0, max: 9 });
const size = fc.oneof(
  fc.integer({ min: 1, max: 40 }).map(String),
  fc.constantFrom("H", "W", "2 * H", "H / 2", "H + 1", "C"),
);

/** A step of a pipeline; some ask for what the map before cannot give. */
const layer: fc.Arbitrary<string> = fc.oneof(
  fc
    .tuple(size, small, small, small, small)
    .map(
      ([out, kernel, stride, padding, groups]) =>
        `conv(${out}, kernel: ${kernel}, stride: ${stride}, padding: ${padding}, groups: ${groups})`,
    ),
  fc
    .tuple(size, small)
    .map(([out, kernel]) => `conv(${out}, kernel: ${kernel + 1}, padding: same)`),
  fc
    .tuple(size, small, small)
    .map(([out, kernel, stride]) => `conv_transpose(${out}, kernel: ${kernel}, stride: ${stride})`),
  fc.tuple(small, small).map(([kernel, stride]) => `max_pool(${kernel}, stride: ${stride})`),
  small.map((kernel) => `avg_pool(${kernel}, ceil_mode: true)`),
  small.map((scale) => `upsample(${scale}, mode: bilinear)`),
  small.map((n) => `group_norm(${n})`),
  small.map((n) => `pixel_shuffle(${n})`),
  small.map((n) => `slice(axis: ${n % 4}, start: ${n - 5}, end: ${n})`),
  size.map((out) => `linear(${out})`),
  size.map((channels) => `[N, ${channels}, H, W]`),
  fc.constantFrom(
    "relu",
    "batch_norm",
    "layer_norm",
    "softmax",
    "dropout(0.5)",
    "global_avg_pool",
    "flatten",
    "permute(order: (0, 2, 3, 1))",
    "reshape([N, -1])",
    "split(2)",
    "repeat 2 { relu }",
    "if C > 3 { relu }",
    "label: { relu -> tanh }",
    "Block(8)",
    "shared",
  ),
);
const pipeline = fc.array(layer, { minLength: 1, maxLength: 6 }).map((steps) => steps.join(" -> "));

const network: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(fc.tuple(fc.constantFrom("x", "a", "b"), pipeline), { minLength: 2, maxLength: 2 }),
    pipeline,
    fc.constantFrom("a + b", "concat(a, b)", "a * x", "{ left = a, right = b }", "b"),
    fc.constantFrom(
      "",
      " where H % 2 == 0",
      " where H == W, H >= 8",
      " where H % 3 == 1 and W < 99",
    ),
    fc.constantFrom(
      "[N, C, H, W]",
      "[N, 3, H, W]",
      "[1, 4, 32, 32]",
      "[N, 8, H, H]",
      "[N, H, W, 3]",
    ),
  )
  .map(
    ([
      lets,
      inner,
      result,
      where,
      shape,
    ]) => `block Block(x: [N, C, H, W], out: int) { x -> ${inner} }
model Net(x: ${shape})${where} {
  let shared = conv(4, kernel: 1)
  let a = x -> ${lets[0][1]}
  let b = ${lets[1][0] === "b" ? "a" : lets[1][0]} -> ${lets[1][1]}
  ${result}
}
train Net { loss: cross_entropy  optimizer: sgd(lr: 0.1)  batch: 1 }
`,
  );

function answers(text: string, remedies: boolean): void {
  const { models, diagnostics, sources: read } = check({ name: "net.cnn", text }, { remedies });
  for (const { graph } of models) expect(brokenInvariant(graph)).toBeUndefined();
  expect(renderDiagnostics(diagnostics, read, { color: false })).toBeTypeOf("string");
  for (const { span, related } of diagnostics) {
    for (const place of [span, ...related.map((label) => label.span)]) {
      expect(place.start).toBeLessThanOrEqual(place.end);
      expect(place.end).toBeLessThanOrEqual(text.length);
    }
  }
}

describe("the checker answers", () => {
  test("to random programs", () => {
    fc.assert(
      fc.property(network, (text) => {
        answers(text, true);
      }),
      { numRuns: 400 },
    );
  });

  test("to real networks with a few words changed", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...sources),
        fc.array(change, { minLength: 1, maxLength: 4 }),
        (words, changes) => {
          answers(mutate(words, changes), false);
        },
      ),
      { numRuns: 250 },
    );
  });

  test("to small programs with many words changed, and looks for remedies", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...mistakes),
        fc.array(change, { minLength: 1, maxLength: 8 }),
        (words, changes) => {
          answers(mutate(words, changes), true);
        },
      ),
      { numRuns: 120 },
    );
  });
});
