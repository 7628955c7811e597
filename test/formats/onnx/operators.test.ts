/**
 * Operators that ONNX's own cases here do not have, or have not so, against numbers worked out by
 * hand; onnxruntime gives the same.
 */
import { expect, test } from "vitest";
import { compileOnnx } from "../../../src/compile-onnx.ts";
import { importOnnx } from "../../../src/formats/onnx/import/import-onnx.ts";
import { printGraph } from "../../../src/graph/print.ts";
import { relativeError } from "../../relative-error.ts";
import { type ModelText, type NodeText, floats, ints, onnxModel } from "./build.ts";

interface One extends Partial<Pick<ModelText, "opset" | "weights">> {
  readonly nodes: readonly NodeText[];
  readonly shape: readonly number[];
  readonly data: readonly number[];
  readonly gives: readonly [shape: readonly number[], data: readonly number[]];
}

/** The nodes make `y` of `x`. */
const cases: Readonly<Record<string, One>> = {
  "LpPool: the length of the vectors in its windows": {
    nodes: [
      {
        op: "LpPool",
        in: ["x"],
        out: ["y"],
        attributes: { kernel_shape: { ints: [2, 2] }, strides: { ints: [2, 2] } },
      },
    ],
    shape: [1, 1, 2, 4],
    data: [3, -4, 1, 1, 0, 0, -1, 1],
    gives: [
      [1, 1, 1, 2],
      [5, 2],
    ],
  },
  "LpPool: a last window that reaches beyond the map": {
    opset: 18,
    nodes: [
      {
        op: "LpPool",
        in: ["x"],
        out: ["y"],
        attributes: { kernel_shape: { ints: [2] }, strides: { ints: [2] }, ceil_mode: { int: 1 } },
      },
    ],
    shape: [1, 1, 3],
    data: [3, -4, 7],
    gives: [
      [1, 1, 2],
      [5, 7],
    ],
  },
  "AveragePool: wide padding that counts, and what lies beyond it, which does not": {
    opset: 19,
    nodes: [
      {
        op: "AveragePool",
        in: ["x"],
        out: ["y"],
        attributes: {
          kernel_shape: { ints: [2] },
          strides: { ints: [2] },
          pads: { ints: [1, 2] },
          ceil_mode: { int: 1 },
          count_include_pad: { int: 1 },
        },
      },
    ],
    shape: [1, 1, 4],
    data: [2, 4, 6, 8],
    gives: [
      [1, 1, 3],
      [1, 5, 4],
    ],
  },
  "MaxPool: wide padding, and windows rounded up": {
    nodes: [
      {
        op: "MaxPool",
        in: ["x"],
        out: ["y"],
        attributes: {
          kernel_shape: { ints: [3] },
          strides: { ints: [2] },
          pads: { ints: [2, 0] },
          ceil_mode: { int: 1 },
        },
      },
    ],
    shape: [1, 1, 4],
    data: [-2, -4, -6, -8],
    gives: [
      [1, 1, 3],
      [-2, -2, -6],
    ],
  },
  "ReduceL1 without axes and without reducing: absolute values": {
    opset: 18,
    nodes: [
      { op: "ReduceL1", in: ["x"], out: ["y"], attributes: { noop_with_empty_axes: { int: 1 } } },
    ],
    shape: [1, 3],
    data: [-1, 2, -3],
    gives: [
      [1, 3],
      [1, 2, 3],
    ],
  },
  "ReduceSumSquare without axes and without reducing: squares": {
    opset: 18,
    nodes: [
      {
        op: "ReduceSumSquare",
        in: ["x"],
        out: ["y"],
        attributes: { noop_with_empty_axes: { int: 1 } },
      },
    ],
    shape: [1, 3],
    data: [-1, 2, -3],
    gives: [
      [1, 3],
      [1, 4, 9],
    ],
  },
  "LpNormalization: a vector of zeros stays one": {
    nodes: [{ op: "LpNormalization", in: ["x"], out: ["y"] }],
    shape: [2, 2],
    data: [0, 0, 3, 4],
    gives: [
      [2, 2],
      [0, 0, 0.6, 0.8],
    ],
  },
  "Pad: a channel less and one more": {
    opset: 10,
    nodes: [{ op: "Pad", in: ["x"], out: ["y"], attributes: { pads: { ints: [0, -1, 0, 1] } } }],
    shape: [2, 2],
    data: [1, 2, 3, 4],
    gives: [
      [2, 2],
      [2, 0, 4, 0],
    ],
  },
  "Pad: mirrored channels and a repeated batch": {
    nodes: [
      { op: "Pad", in: ["x", "a"], out: ["h"], attributes: { mode: { string: "reflect" } } },
      { op: "Pad", in: ["h", "b"], out: ["y"], attributes: { mode: { string: "edge" } } },
    ],
    weights: [ints("a", [0, 1, 0, 0]), ints("b", [0, 0, 1, 0])],
    shape: [1, 2],
    data: [1, 2],
    gives: [
      [2, 3],
      [2, 1, 2, 2, 1, 2],
    ],
  },
  "Resize before version 11: the next pixel where it makes smaller, the last where larger": {
    opset: 10,
    nodes: [{ op: "Resize", in: ["x", "scales"], out: ["y"] }],
    weights: [floats("scales", [4], [1, 1, 2, 0.6])],
    shape: [1, 1, 1, 4],
    data: [1, 2, 3, 4],
    gives: [
      [1, 1, 2, 2],
      [1, 3, 1, 3],
    ],
  },
  "Resize: a region that ends with the map does not end behind it": {
    nodes: [
      {
        op: "Resize",
        in: ["x", "roi", "", "sizes"],
        out: ["y"],
        attributes: {
          mode: { string: "linear" },
          coordinate_transformation_mode: { string: "tf_crop_and_resize" },
          extrapolation_value: { float: 9 },
        },
      },
    ],
    weights: [floats("roi", [8], [0, 0, -0.1, 0, 1, 1, 1, 1]), ints("sizes", [1, 1, 12, 1])],
    shape: [1, 1, 6, 1],
    data: [1, 2, 3, 4, 5, 6],
    gives: [
      [1, 1, 12, 1],
      [9, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6],
    ],
  },
  "Resize: the ratio of the sides kept": {
    opset: 18,
    nodes: [
      {
        op: "Resize",
        in: ["x", "", "", "sizes"],
        out: ["y"],
        attributes: {
          keep_aspect_ratio_policy: { string: "not_larger" },
          axes: { ints: [2, 3] },
        },
      },
    ],
    weights: [ints("sizes", [9, 4])],
    shape: [1, 1, 1, 2],
    data: [1, 2],
    gives: [
      [1, 1, 2, 4],
      [1, 1, 2, 2, 1, 1, 2, 2],
    ],
  },
  "Gather: a table of places": {
    nodes: [{ op: "Gather", in: ["x", "at"], out: ["y"], attributes: { axis: { int: 1 } } }],
    weights: [ints("at", [2, 0, 0, -2], [2, 2])],
    shape: [1, 3],
    data: [1, 2, 3],
    gives: [
      [1, 2, 2],
      [3, 1, 1, 2],
    ],
  },
  "MatMul: a vector times a matrix, and the result times itself": {
    nodes: [
      { op: "MatMul", in: ["x", "w"], out: ["h"] },
      { op: "MatMul", in: ["h", "h"], out: ["n"] },
      { op: "Reshape", in: ["n", "one"], out: ["y"] },
    ],
    weights: [floats("w", [2, 2], [1, 2, 3, 4]), ints("one", [1])],
    shape: [2],
    data: [1, 1],
    gives: [[1], [52]],
  },
  "Flatten: a vector is a column": {
    nodes: [{ op: "Flatten", in: ["x"], out: ["y"] }],
    shape: [2],
    data: [1, 2],
    gives: [
      [2, 1],
      [1, 2],
    ],
  },
  "PRelu of version 6: a vector has a slope for each channel": {
    opset: 6,
    nodes: [{ op: "PRelu", in: ["x", "slope"], out: ["y"] }],
    weights: [floats("slope", [2], [0.5, 2])],
    shape: [1, 2, 2],
    data: [-1, -2, -3, 4],
    gives: [
      [1, 2, 2],
      [-0.5, -1, -6, 4],
    ],
  },
  "Clip: a lower limit that is the largest number": {
    nodes: [{ op: "Clip", in: ["x", "min"], out: ["y"] }],
    weights: [floats("min", [], [3.4028234663852886e38])],
    shape: [1, 1],
    data: [1],
    gives: [[1, 1], [3.4028234663852886e38]],
  },
  "whole numbers that become floats": {
    nodes: [
      { op: "Mul", in: ["rows", "columns"], out: ["table"] },
      { op: "Cast", in: ["table"], out: ["floats"], attributes: { to: { int: 1 } } },
      { op: "Add", in: ["x", "floats"], out: ["y"] },
    ],
    weights: [ints("rows", [1, 2], [2, 1]), ints("columns", [3, 4])],
    shape: [2, 2],
    data: [0.5, 0.5, 0.5, 0.5],
    gives: [
      [2, 2],
      [3.5, 4.5, 6.5, 8.5],
    ],
  },
  "ConstantOfShape: ones of the input's shape": {
    nodes: [
      { op: "Shape", in: ["x"], out: ["shape"] },
      { op: "ConstantOfShape", in: ["shape"], out: ["zeros"] },
      { op: "Cos", in: ["zeros"], out: ["ones"] },
      { op: "Add", in: ["x", "ones"], out: ["y"] },
    ],
    shape: [1, 2],
    data: [1, 2],
    gives: [
      [1, 2],
      [2, 3],
    ],
  },
  "the root of a size divides": {
    nodes: [
      { op: "Shape", in: ["x"], out: ["shape"] },
      { op: "Gather", in: ["shape", "last"], out: ["size"] },
      { op: "Cast", in: ["size"], out: ["float"], attributes: { to: { int: 1 } } },
      { op: "Sqrt", in: ["float"], out: ["root"] },
      { op: "Div", in: ["x", "root"], out: ["y"] },
    ],
    weights: [ints("last", [1], [])],
    shape: [1, 4],
    data: [2, 4, 6, 8],
    gives: [
      [1, 4],
      [1, 2, 3, 4],
    ],
  },
};

test.each(Object.entries(cases))("%s", async (_, { nodes, shape, data, gives, ...more }) => {
  const inputs = { x: shape };
  const model = onnxModel({ inputs, outputs: { y: gives[0] }, nodes, ...more });
  const net = await compileOnnx(model, { target: "wasm" });
  const { y } = net.run({ x: { shape, data } });
  net.close();
  expect(y.shape).toEqual(gives[0]);
  expect(relativeError(y.data, Float64Array.from(gives[1]))).toBeLessThan(1e-6);
});

test("one weight in two forms is two weights", async () => {
  const gemm = (from: string, to: string, more: Partial<NodeText> = {}): NodeText => ({
    op: "Gemm",
    in: [from, "w"],
    out: [to],
    ...more,
  });
  const model = onnxModel({
    inputs: { x: [1, 2] },
    outputs: { y: [1, 2] },
    nodes: [
      gemm("x", "a"),
      gemm("a", "b", { attributes: { transB: { int: 1 } } }),
      gemm("b", "c", { attributes: { alpha: { float: 2 } } }),
      gemm("c", "y"),
    ],
    weights: [floats("w", [2, 2], [0, 1, 2, 3])],
  });
  const net = await compileOnnx(model, { target: "wasm" });
  // [1, 0] → [0, 1] → [1, 3] → 2·[6, 10] → [40, 72]
  const { y } = net.run({ x: { shape: [1, 2], data: [1, 0] } });
  net.close();
  expect([...y.data]).toEqual([40, 72]);
  const graph = importOnnx(model).model?.graph;
  expect(graph?.weights.size).toBe(2);
});

test("smoothing with aligned corners is refused where a map becomes smaller", () => {
  const resized = (sizes: readonly number[]) =>
    importOnnx(
      onnxModel({
        opset: 18,
        inputs: { x: [1, 1, 4, 4] },
        outputs: { y: [1, 1, sizes[2], sizes[3]] },
        nodes: [
          {
            op: "Resize",
            in: ["x", "", "", "sizes"],
            out: ["y"],
            attributes: {
              mode: { string: "linear" },
              coordinate_transformation_mode: { string: "align_corners" },
              antialias: { int: 1 },
            },
          },
        ],
        weights: [ints("sizes", sizes)],
      }),
    ).diagnostics.map(({ code }) => code);
  expect(resized([1, 1, 8, 4])).toEqual([]);
  expect(resized([1, 1, 8, 3])).toEqual(["CNN6002"]);
});

test("what counts from the end of an open axis is refused where it is too short", async () => {
  const model = onnxModel({
    inputs: { x: ["L"] },
    outputs: { y: ["M"] },
    nodes: [{ op: "Slice", in: ["x", "start", "end"], out: ["y"] }],
    weights: [ints("start", [-3]), ints("end", [2 ** 31 - 1])],
  });
  const net = await compileOnnx(model, { target: "wasm" });
  const last = (data: readonly number[]) => net.run({ x: { shape: [data.length], data } }).y.data;
  expect([...last([1, 2, 3, 4])]).toEqual([2, 3, 4]);
  expect(() => last([1, 2])).toThrow(/CNN2056/);
  net.close();
});

test("axes of size 1 are not looked for among open sizes", () => {
  const squeezed = (shape: readonly (number | string)[]) =>
    importOnnx(
      onnxModel({
        inputs: { x: shape },
        outputs: { y: ["M", "K"] },
        nodes: [{ op: "Squeeze", in: ["x"], out: ["y"] }],
      }),
    ).diagnostics.map(({ code }) => code);
  expect(squeezed([2, 3, 1])).toEqual([]);
  expect(squeezed(["N", 3, 1])).toEqual(["CNN6002"]);
});

test.each<[string, number, NodeText]>([
  ["parts that are not equal", 17, { op: "Split", in: ["x"], out: ["y", "z"] }],
  [
    "another number of parts than outputs",
    18,
    { op: "Split", in: ["x"], out: ["y", "z"], attributes: { num_outputs: { int: 3 } } },
  ],
  ["two lower limits", 17, { op: "Clip", in: ["x", "pair"], out: ["y"] }],
  ["a size that is no whole number", 17, { op: "Reshape", in: ["x", "pair"], out: ["y"] }],
  ["scales and sizes", 17, { op: "Resize", in: ["x", "", "pair", "whole"], out: ["y"] }],
])("%s are refused", (_, opset, node) => {
  const { diagnostics } = importOnnx(
    onnxModel({
      opset,
      inputs: { x: [3, 1, 1, 1] },
      outputs: { y: ["M"] },
      nodes: [node],
      weights: [
        floats("pair", [2], [1.5, 2]),
        ints("whole", [3, 1, 2, 2]),
        ints("large", [2 ** 40]),
      ],
    }),
  );
  expect(diagnostics.map(({ code }) => code)).toEqual(["CNN6002"]);
});

test("integers that a double would round are not computed with", () => {
  const { diagnostics } = importOnnx(
    onnxModel({
      inputs: { x: [1] },
      outputs: { y: [1] },
      nodes: [
        { op: "Mul", in: ["large", "large"], out: ["larger"] },
        { op: "Cast", in: ["larger"], out: ["float"], attributes: { to: { int: 1 } } },
        { op: "Add", in: ["x", "float"], out: ["y"] },
      ],
      weights: [ints("large", [2 ** 40])],
    }),
  );
  expect(diagnostics.map(({ code }) => code)).toEqual(["CNN6015"]);
});

test("what does not depend on the input is a result, too", async () => {
  const model = onnxModel({
    inputs: { x: [1, 2] },
    outputs: { y: [1, 2], anchors: [2] },
    nodes: [
      { op: "Relu", in: ["x"], out: ["y"] },
      { op: "Identity", in: ["stored"], out: ["anchors"] },
    ],
    weights: [floats("stored", [2], [3, 4])],
  });
  const net = await compileOnnx(model, { target: "wasm" });
  const { y, anchors } = net.run({ x: { shape: [1, 2], data: [-1, 2] } });
  net.close();
  expect([...y.data, ...anchors.data]).toEqual([0, 2, 3, 4]);
});

test("sizes of -1 are open, as Paddle writes them", () => {
  const model = onnxModel({
    inputs: { x: [-1, 3, -1, 8] },
    outputs: { y: [-1, 3, -1, 8] },
    nodes: [{ op: "Relu", in: ["x"], out: ["y"] }],
  });
  const { graph } = importOnnx(model).model ?? {};
  expect(graph && printGraph(graph)).toContain("[N, 3, H, 8]");
});
