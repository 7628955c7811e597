/** Damaged and hostile models: a message each, nothing thrown, in bounded time and memory. */
import { readFileSync } from "node:fs";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import * as fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { bindWeights } from "../../../src/runtime/weights.ts";
import { instantiate } from "../../../src/analysis/instantiate.ts";
import { brokenInvariant } from "../../../src/analysis/verify.ts";
import { importOnnx } from "../../../src/formats/onnx/import/import-onnx.ts";
import type { OnnxAttribute } from "../../../src/layers/onnx.ts";
import { type NodeText, floats, ints, onnxModel } from "./build.ts";

const lenet = readFileSync(
  new URL("../../material/lenet/lenet5_bn.unfolded.onnx", import.meta.url),
);
const small = [
  "test_reshape_zero_and_negative_dim",
  "test_basic_conv_with_padding",
  "test_slice_neg",
].map((name) =>
  readFileSync(new URL(`../../material/onnx-node/${name}/model.onnx`, import.meta.url)),
);
/** Functions, branches, and axes in another order. */
const exported = ["dynamo-functions", "pytorch-script", "keras-optimised", "keras-convnext"].map(
  (name) => readFileSync(new URL(`../../material/exporters/${name}.onnx`, import.meta.url)),
);

/** Whatever the bytes are: a sound graph with weights that fit it, or at least one error. */
function expectAnswer(bytes: Uint8Array): void {
  const { model, arrays, diagnostics } = importOnnx(bytes);
  if (model === undefined) {
    expect(diagnostics.some(({ severity }) => severity === "error")).toBe(true);
    return;
  }
  expect(brokenInvariant(model.graph)).toBeUndefined();
  expect([...arrays.keys()].toSorted()).toEqual([...model.graph.weights.keys()].toSorted());
  bindWeights(model.graph, arrays, "model.onnx");
  instantiate(model.graph, { N: 1 });
}

describe("a damaged model", () => {
  it("gets a message wherever it is cut", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(lenet, ...small, ...exported),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (file, part) => {
          expectAnswer(file.subarray(0, Math.floor(file.length * part)));
        },
      ),
      { numRuns: 150 },
    );
  });

  it("gets a message, or is another sound model, whichever bytes are changed", () => {
    // Nearly all of LeNet's bytes are weights: its structure lies at the ends.
    const places = (length: number) =>
      fc.oneof(
        fc.nat(Math.min(length, 2500) - 1),
        fc.nat(Math.min(length, 700) - 1).map((at) => length - 1 - at),
      );
    const damaged = fc.constantFrom(lenet, ...small).chain((file) =>
      fc
        .array(fc.tuple(places(file.length), fc.nat(255)), { minLength: 1, maxLength: 6 })
        .map((changes) => {
          const bytes = Uint8Array.from(file);
          for (const [at, value] of changes) bytes[at] = value;
          return bytes;
        }),
    );
    fc.assert(fc.property(damaged, expectAnswer), { numRuns: 400 });
  });

  it("gets one where functions, branches or transpositions are changed, too", () => {
    const damaged = fc.constantFrom(...exported).chain((file) =>
      fc
        .array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
        .map((changes) => {
          const bytes = Uint8Array.from(file);
          for (const [at, value] of changes) bytes[at] = value;
          return bytes;
        }),
    );
    fc.assert(fc.property(damaged, expectAnswer), { numRuns: 250 });
  });
});

describe("a hostile model", () => {
  const image = { image: [1, 3, 8, 8] };

  it("of huge sizes is refused", () => {
    for (const size of [2 ** 40, Number.MAX_SAFE_INTEGER]) {
      expectAnswer(
        onnxModel({
          inputs: { image: [size, 3, size, size] },
          outputs: { y: [1] },
          nodes: [{ op: "Relu", in: ["image"], out: ["y"] }],
        }),
      );
    }
  });

  it("that asks for huge tensors is refused", () => {
    const huge = 1_000_000_000;
    const result = importOnnx(
      onnxModel({
        inputs: image,
        outputs: { y: [1] },
        weights: [ints("shape", [huge, huge, 8, 8]), ints("repeats", [huge, huge, 1, 1])],
        nodes: [
          { op: "Expand", in: ["image", "shape"], out: ["a"] },
          { op: "Tile", in: ["image", "repeats"], out: ["b"] },
          { op: "ConstantOfShape", in: ["shape"], out: ["c"] },
          { op: "Concat", in: ["a", "b", "c"], out: ["y"], attributes: { axis: { int: 1 } } },
        ],
      }),
    );
    expect(result.model).toBeUndefined();
  });

  /** Nodes one behind the other, from `x` to `y`. */
  const chain = (length: number, node: (from: string) => Omit<NodeText, "out">): NodeText[] =>
    Array.from({ length }, (_, at) => ({
      ...node(at === 0 ? "x" : `v${at}`),
      out: [at === length - 1 ? "y" : `v${at + 1}`],
    }));

  it.each([
    // 2^60 factors, seen as a product.
    ["squares of squares", chain(60, (x) => ({ op: "Mul", in: [x, x] }))],
    ["sums by channel", chain(10_000, (x) => ({ op: "Add", in: [x, "gain"] }))],
    ["factors", chain(10_000, (x) => ({ op: "Mul", in: [x, "factor"] }))],
    ["views", chain(10_000, (x) => ({ op: "Reshape", in: [x, "shape"] }))],
  ])("of a long chain of %s is imported", (_, nodes) => {
    expectAnswer(
      onnxModel({
        inputs: { x: ["N", 4, 4, 4] },
        outputs: { y: [1] },
        weights: [
          floats("gain", [4, 1, 1]),
          floats("factor", [], [1.5]),
          ints("shape", [-1, 4, 16]),
        ],
        nodes,
      }),
    );
  });

  it("that makes many numbers of few stored ones does not make them beforehand", () => {
    const { model } = importOnnx(
      onnxModel({
        inputs: { x: [1, 1, 100_000, 100_000] },
        outputs: { y: [1] },
        weights: [floats("one", [1]), ints("shape", [1, 1, 100_000, 100_000])],
        nodes: [
          { op: "Expand", in: ["one", "shape"], out: ["a"] },
          { op: "Add", in: ["x", "a"], out: ["y"] },
        ],
      }),
      { recognise: false },
    );
    expect(model?.graph.nodes.map(({ kind }) => kind)).toEqual(["parameter", "expand", "add"]);
  });

  it("that makes much of little in many steps has a part of it made beforehand", () => {
    const steps = Array.from({ length: 40 }, (_, at) => at);
    const { model } = importOnnx(
      onnxModel({
        inputs: { x: [1] },
        outputs: { y: ["L"] },
        weights: [
          floats(
            "w",
            [2 ** 20],
            Array.from({ length: 2 ** 20 }, () => 1),
          ),
        ],
        nodes: [
          ...steps.map((at) => ({
            op: "Neg",
            in: [at === 0 ? "w" : `w${at}`],
            out: [`w${at + 1}`],
          })),
          { op: "Add", in: ["x", `w${steps.length}`], out: ["y"] },
        ],
      }),
    );
    const kinds = model?.graph.nodes.map(({ kind }) => kind) ?? [];
    // 16 Mi of work and four times what is stored, in steps of 2 Mi.
    expect(kinds.filter((kind) => kind === "mul_scalar")).toHaveLength(steps.length - 10);
  });

  it("that squares sizes again and again is refused", () => {
    const squares = Array.from({ length: 30 }, (_, at) => at);
    const { diagnostics } = importOnnx(
      onnxModel({
        inputs: { x: ["N", "H"] },
        outputs: { y: ["M"] },
        nodes: [
          { op: "Shape", in: ["x"], out: ["s0"] },
          ...squares.map((at) => ({ op: "Mul", in: [`s${at}`, `s${at}`], out: [`s${at + 1}`] })),
          { op: "Reshape", in: ["x", "s30"], out: ["y"] },
        ],
      }),
    );
    expect(diagnostics.map(({ code }) => code)).toEqual(["CNN6002"]);
  });

  it("that uses one weight with many factors does not copy it", () => {
    const steps = Array.from({ length: 50 }, (_, at) => at);
    const { arrays } = importOnnx(
      onnxModel({
        inputs: { x0: [1, 8] },
        outputs: { x50: [1, 8] },
        weights: [floats("w", [8, 8])],
        nodes: steps.map((at) => ({
          op: "Gemm",
          in: [`x${at}`, "w"],
          out: [`x${at + 1}`],
          attributes: { alpha: { float: at + 2 } },
        })),
      }),
    );
    expect(arrays.size).toBe(1);
  });

  it.each([
    [2 ** 20, 2 ** 20 - 1],
    [2 ** 28, 2 ** 28 - 1],
  ])("that averages over a window of %i is refused before it is counted", (size, pad) => {
    const { diagnostics } = importOnnx(
      onnxModel({
        inputs: image,
        outputs: { y: [1, 3, "H", "W"] },
        nodes: [
          {
            op: "AveragePool",
            in: ["image"],
            out: ["y"],
            attributes: { kernel_shape: { ints: [size, 1] }, pads: { ints: [pad, 0, pad, 0] } },
          },
        ],
      }),
    );
    expect(diagnostics.map(({ code }) => code)).toEqual(["CNN6002"]);
  });

  it("that stores two tensors under one name is refused", () => {
    const { diagnostics } = importOnnx(
      onnxModel({
        inputs: image,
        outputs: { y: [1, 8, 6, 6] },
        weights: [floats("w", [8, 3, 3, 3]), floats("w", [8, 3, 3, 3])],
        nodes: [{ op: "Conv", in: ["image", "w"], out: ["y"] }],
      }),
    );
    expect(diagnostics.map(({ code }) => code)).toEqual(["CNN6006"]);
  });

  test("a chain of 5,000 nodes is read", () => {
    const nodes = Array.from({ length: 5_000 }, (_, at) => ({
      op: "Relu",
      in: [at === 0 ? "image" : `v${at - 1}`],
      out: [`v${at}`],
    }));
    const { model } = importOnnx(onnxModel({ inputs: image, outputs: { v4999: [1] }, nodes }));
    expect(model?.graph.nodes).toHaveLength(5_000);
  });

  it("of millions of parts is refused before they are made", () => {
    // Two bytes each: nodes without anything, in a graph (7) of a model.
    const graph = new BinaryWriter().tag(7, WireType.LengthDelimited);
    graph.bytes(Uint8Array.from({ length: 6_000_000 }, (_, at) => (at % 2 === 0 ? 0x0a : 0)));
    expect(importOnnx(graph.finish()).diagnostics.map(({ facts }) => facts)).toEqual([
      { file: "model.onnx", format: "ONNX", reason: "it has more parts than any model" },
    ]);
  });

  it("of a hundred thousand axes is refused", () => {
    const axes = Array.from({ length: 100_000 }, () => 1);
    const nodes = [{ op: "Add", in: ["x", "w"], out: ["y"] }];
    const codes = [
      onnxModel({ inputs: { x: axes }, outputs: { y: [1] }, weights: [floats("w", [1])], nodes }),
      onnxModel({ inputs: { x: [1] }, outputs: { y: [1] }, weights: [floats("w", axes)], nodes }),
    ].map((bytes) => importOnnx(bytes).diagnostics.map(({ code }) => code));
    expect(codes).toEqual([["CNN6012"], ["CNN6009"]]);
  });

  test.each<[string, readonly number[], string, Readonly<Record<string, OnnxAttribute>>]>([
    ["MaxPool", [], "CNN6011", { kernel_shape: { ints: [2, 2] }, strides: { ints: [2 ** 62, 1] } }],
    ["LeakyRelu", [], "CNN6011", { alpha: { float: Infinity } }],
    ["Resize", [1, 1, Infinity, 1], "CNN6011", { mode: { string: "nearest" } }],
  ])("%s of %j is refused with %s", (op, scales, code, attributes) => {
    const weights = [floats("scales", [scales.length], scales)];
    const nodes = [
      { op, in: ["image", ...(scales.length > 0 ? ["", "scales"] : [])], out: ["y"], attributes },
    ];
    const { diagnostics } = importOnnx(
      onnxModel({ inputs: image, outputs: { y: [1] }, weights, nodes }),
    );
    expect(diagnostics.map((found) => found.code)).toEqual([code]);
  });

  test.each([
    ["parts that are not all", [1, 1], "CNN2055"],
    ["one part that is not all", [2], "CNN6002"],
    ["a part of nothing", [0], "CNN6002"],
    ["parts below nothing", [-1, 4], "CNN6011"],
  ])("that splits into %s is refused", (_, sizes, code) => {
    const outputs = sizes.map((__, at) => `part${at}`);
    const { diagnostics } = importOnnx(
      onnxModel({
        inputs: { image: [1, 4, 8, 8] },
        outputs: Object.fromEntries(outputs.map((name) => [name, [1]])),
        weights: [ints("sizes", sizes)],
        nodes: [
          { op: "Split", in: ["image", "sizes"], out: outputs, attributes: { axis: { int: 1 } } },
        ],
      }),
    );
    expect(diagnostics.map((found) => found.code)).toEqual([code]);
  });

  it("whose sizes are called as what objects have is read", () => {
    const { diagnostics } = importOnnx(
      onnxModel({
        inputs: { a: ["N", "constructor"], b: ["__proto__", "constructor"] },
        outputs: { y: [1] },
        nodes: [{ op: "Add", in: ["a", "b"], out: ["y"] }],
      }),
    );
    expect(diagnostics.map(({ code }) => code)).toEqual(["CNN2051"]);
  });

  it("whose matrices do not fit is refused", () => {
    const { diagnostics } = importOnnx(
      onnxModel({
        inputs: { x: ["N", 4] },
        outputs: { y: ["N", 5] },
        weights: [floats("w", [3, 5])],
        nodes: [{ op: "MatMul", in: ["x", "w"], out: ["y"], name: "fc" }],
      }),
    );
    expect(diagnostics.map(({ code }) => code)).toEqual(["CNN6017"]);
  });
});
