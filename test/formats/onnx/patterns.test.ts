/** Patterns make fewer layers of the same function: each is compared with what it replaces. */
import { describe, expect, it, test } from "vitest";
import { importOnnx } from "../../../src/formats/onnx/import/import-onnx.ts";
import { floats, ints, onnxModel } from "./build.ts";
import { type Network, geluByTanh, layersOf, map, pair, scalar, unary } from "./recognition.ts";

const axis = (value: number) => ({ axis: { int: value } });

interface Example {
  readonly model: Network;
  /** The layers that it is. */
  readonly kinds: readonly string[];
}

/** PyTorch's order of channels and ONNX's other one, both ways. */
function pixelExamples(): Readonly<Record<string, Example>> {
  const forms = [
    ["pixel_shuffle", [-1, 2, 2, 2, 6, 6], [0, 1, 4, 2, 5, 3], [-1, 2, 12, 12]],
    ["pixel_shuffle", [-1, 2, 2, 2, 6, 6], [0, 3, 4, 1, 5, 2], [-1, 2, 12, 12]],
    ["pixel_unshuffle", [-1, 8, 3, 2, 3, 2], [0, 1, 3, 5, 2, 4], [-1, 32, 3, 3]],
    ["pixel_unshuffle", [-1, 8, 3, 2, 3, 2], [0, 3, 5, 1, 2, 4], [-1, 32, 3, 3]],
  ] as const;
  return Object.fromEntries(
    forms.map(([kind, apart, perm, whole]) => [
      `${kind} by a transposition ${perm.join()}`,
      {
        kinds: [kind],
        model: {
          inputs: map,
          weights: [ints("apart", apart), ints("whole", whole)],
          nodes: [
            pair("Reshape", "x", "apart", "a"),
            { op: "Transpose", in: ["a"], out: ["b"], attributes: { perm: { ints: perm } } },
            pair("Reshape", "b", "whole", "y"),
          ],
        },
      },
    ]),
  );
}

/** The last node makes `y`. */
const examples: Readonly<Record<string, Example>> = {
  "channel_shuffle by reshape, transpose, reshape": {
    kinds: ["channel_shuffle"],
    model: {
      inputs: map,
      weights: [ints("apart", [-1, 2, 4, 6, 6]), ints("whole", [-1, 8, 6, 6])],
      nodes: [
        pair("Reshape", "x", "apart", "a"),
        { op: "Transpose", in: ["a"], out: ["b"], attributes: { perm: { ints: [0, 2, 1, 3, 4] } } },
        pair("Reshape", "b", "whole", "y"),
      ],
    },
  },
  ...pixelExamples(),
  "an operand stretched to the other's shape": {
    kinds: ["global_avg_pool", "mul"],
    model: {
      inputs: map,
      weights: [ints("whole", [1, 8, 6, 6])],
      nodes: [
        unary("GlobalAveragePool", "x", "a"),
        pair("Expand", "a", "whole", "b"),
        pair("Mul", "x", "b", "y"),
      ],
    },
  },
  "flatten by shape, gather, concat and reshape": {
    kinds: ["flatten"],
    model: {
      inputs: { x: ["N", 8, "H", "W"] },
      weights: [ints("zero", [0], []), ints("rest", [-1]), ints("first", [0])],
      nodes: [
        unary("Shape", "x", "shape"),
        { op: "Gather", in: ["shape", "zero"], out: ["batch"], attributes: axis(0) },
        pair("Unsqueeze", "batch", "first", "batches"),
        { op: "Concat", in: ["batches", "rest"], out: ["target"], attributes: axis(0) },
        pair("Reshape", "x", "target", "y"),
      ],
    },
  },
  "normalize by a difference and a quotient": {
    kinds: ["normalize"],
    model: {
      inputs: map,
      weights: [scalar("mean", 0.25), scalar("std", 0.5)],
      nodes: [pair("Sub", "x", "mean", "a"), pair("Div", "a", "std", "y")],
    },
  },
  "silu by sigmoid and a product": {
    kinds: ["silu"],
    model: { inputs: map, nodes: [unary("Sigmoid", "x", "a"), pair("Mul", "x", "a", "y")] },
  },
  "gelu by erf": {
    kinds: ["gelu"],
    model: {
      inputs: map,
      weights: [scalar("root", Math.SQRT2), scalar("one", 1), scalar("half", 0.5)],
      nodes: [
        pair("Div", "x", "root", "a"),
        unary("Erf", "a", "b"),
        pair("Add", "b", "one", "c"),
        pair("Mul", "x", "c", "d"),
        pair("Mul", "d", "half", "y"),
      ],
    },
  },
  "gelu by tanh": {
    kinds: ["gelu"],
    model: {
      inputs: map,
      weights: [
        scalar("three", 3),
        scalar("cubic", 0.044715),
        scalar("slope", Math.sqrt(2 / Math.PI)),
        scalar("one", 1),
        scalar("half", 0.5),
      ],
      nodes: geluByTanh,
    },
  },
  "hard_swish by clip": {
    kinds: ["hard_swish"],
    model: {
      inputs: map,
      weights: [scalar("three", 3), scalar("zero", 0), scalar("six", 6)],
      nodes: [
        pair("Add", "x", "three", "a"),
        { op: "Clip", in: ["a", "zero", "six"], out: ["b"] },
        pair("Mul", "x", "b", "c"),
        pair("Div", "c", "six", "y"),
      ],
    },
  },
  "hard_swish by hard_sigmoid": {
    kinds: ["hard_swish"],
    model: {
      inputs: map,
      nodes: [
        {
          op: "HardSigmoid",
          in: ["x"],
          out: ["a"],
          attributes: { alpha: { float: Math.fround(1 / 6) } },
        },
        pair("Mul", "x", "a", "y"),
      ],
    },
  },
  "mish by softplus and tanh": {
    kinds: ["mish"],
    model: {
      inputs: map,
      nodes: [unary("Softplus", "x", "a"), unary("Tanh", "a", "b"), pair("Mul", "x", "b", "y")],
    },
  },
  "layer_norm by means": {
    kinds: ["layer_norm"],
    model: {
      inputs: { x: ["N", 5, 8] },
      weights: [
        scalar("two", 2),
        scalar("eps", 1e-6),
        floats("norm.weight", [8]),
        floats("norm.bias", [8]),
      ],
      nodes: [
        { op: "ReduceMean", in: ["x"], out: ["m"], attributes: { axes: { ints: [-1] } } },
        pair("Sub", "x", "m", "c"),
        pair("Pow", "c", "two", "s"),
        { op: "ReduceMean", in: ["s"], out: ["v"], attributes: { axes: { ints: [-1] } } },
        pair("Add", "v", "eps", "e"),
        unary("Sqrt", "e", "r"),
        pair("Div", "c", "r", "n"),
        pair("Mul", "n", "norm.weight", "w"),
        pair("Add", "w", "norm.bias", "y"),
      ],
    },
  },
  "layer_norm of channels between transpositions": {
    kinds: ["layer_norm"],
    model: {
      inputs: map,
      weights: [floats("norm.weight", [8]), floats("norm.bias", [8])],
      nodes: [
        { op: "Transpose", in: ["x"], out: ["a"], attributes: { perm: { ints: [0, 2, 3, 1] } } },
        { op: "LayerNormalization", in: ["a", "norm.weight", "norm.bias"], out: ["b"] },
        { op: "Transpose", in: ["b"], out: ["y"], attributes: { perm: { ints: [0, 3, 1, 2] } } },
      ],
    },
  },
  "group_norm by InstanceNormalization": {
    kinds: ["group_norm"],
    model: {
      inputs: map,
      weights: [
        ints("groups", [0, 2, -1]),
        ints("back", [-1, 8, 6, 6]),
        floats("ones", [2], [1, 1]),
        floats("zeros", [2], [0, 0]),
        floats("norm.weight", [8, 1, 1]),
        floats("norm.bias", [8, 1, 1]),
      ],
      nodes: [
        pair("Reshape", "x", "groups", "a"),
        { op: "InstanceNormalization", in: ["a", "ones", "zeros"], out: ["b"] },
        pair("Reshape", "b", "back", "c"),
        pair("Mul", "c", "norm.weight", "d"),
        pair("Add", "d", "norm.bias", "y"),
      ],
    },
  },
  "batch_norm by a product and a sum": {
    kinds: ["batch_norm"],
    model: {
      inputs: map,
      weights: [floats("bn.scale", [8, 1, 1]), floats("bn.shift", [8, 1, 1])],
      nodes: [pair("Mul", "x", "bn.scale", "a"), pair("Add", "a", "bn.shift", "y")],
    },
  },
  "linear by MatMul and Add": {
    kinds: ["linear"],
    model: {
      inputs: { x: ["N", 8] },
      weights: [floats("fc.kernel", [8, 5]), floats("fc.bias", [5])],
      nodes: [pair("MatMul", "x", "fc.kernel", "a"), pair("Add", "a", "fc.bias", "y")],
    },
  },
  "a bias added behind a convolution": {
    kinds: ["conv"],
    model: {
      inputs: map,
      weights: [floats("conv.weight", [4, 8, 3, 3]), floats("conv.bias", [1, 4, 1, 1])],
      nodes: [pair("Conv", "x", "conv.weight", "a"), pair("Add", "a", "conv.bias", "y")],
    },
  },
  "a bias added behind a convolution, as before version 7": {
    kinds: ["conv"],
    model: {
      opset: 6,
      inputs: map,
      weights: [floats("conv.weight", [4, 8, 3, 3]), floats("conv.bias", [4])],
      nodes: [
        pair("Conv", "x", "conv.weight", "a"),
        {
          ...pair("Add", "a", "conv.bias", "y"),
          attributes: { broadcast: { int: 1 }, ...axis(1) },
        },
      ],
    },
  },
  "zeros around a convolution": {
    kinds: ["conv"],
    model: {
      inputs: map,
      weights: [ints("pads", [0, 0, 1, 2, 0, 0, 1, 0]), floats("conv.weight", [4, 8, 3, 3])],
      nodes: [pair("Pad", "x", "pads", "a"), pair("Conv", "a", "conv.weight", "y")],
    },
  },
  "minus infinity around a maximum": {
    kinds: ["max_pool"],
    model: {
      inputs: map,
      weights: [ints("pads", [0, 0, 1, 1, 0, 0, 1, 1]), floats("least", [], [-Infinity])],
      nodes: [
        { op: "Pad", in: ["x", "pads", "least"], out: ["a"] },
        { op: "MaxPool", in: ["a"], out: ["y"], attributes: { kernel_shape: { ints: [3, 3] } } },
      ],
    },
  },
  "zeros around a mean that counts its own and rounds up": {
    kinds: ["avg_pool"],
    model: {
      inputs: map,
      weights: [ints("pads", [0, 0, 1, 0, 0, 0, 1, 0])],
      nodes: [
        pair("Pad", "x", "pads", "a"),
        {
          op: "AveragePool",
          in: ["a"],
          out: ["y"],
          attributes: {
            kernel_shape: { ints: [3, 3] },
            strides: { ints: [2, 2] },
            pads: { ints: [0, 1, 0, 1] },
            count_include_pad: { int: 1 },
            ceil_mode: { int: 1 },
          },
        },
      ],
    },
  },
  "a pad of nothing, an identity, and two transpositions that undo each other": {
    kinds: ["relu"],
    model: {
      inputs: map,
      weights: [ints("pads", [0, 0, 0, 0, 0, 0, 0, 0])],
      nodes: [
        pair("Pad", "x", "pads", "a"),
        unary("Identity", "a", "b"),
        { op: "Transpose", in: ["b"], out: ["c"], attributes: { perm: { ints: [0, 2, 3, 1] } } },
        { op: "Transpose", in: ["c"], out: ["d"], attributes: { perm: { ints: [0, 3, 1, 2] } } },
        unary("Relu", "d", "y"),
      ],
    },
  },
  "split by slices": {
    kinds: ["split", "add"],
    model: {
      inputs: map,
      weights: [ints("0", [0]), ints("4", [4]), ints("8", [8]), ints("1", [1])],
      nodes: [
        { op: "Slice", in: ["x", "0", "4", "1"], out: ["a"] },
        { op: "Slice", in: ["x", "4", "8", "1"], out: ["b"] },
        pair("Add", "a", "b", "y"),
      ],
    },
  },
  "split by slices of different sizes, the last one first": {
    kinds: ["split", "concat"],
    model: {
      inputs: map,
      weights: [ints("0", [0]), ints("3", [3]), ints("8", [8]), ints("1", [1])],
      nodes: [
        { op: "Slice", in: ["x", "3", "8", "1"], out: ["a"] },
        { op: "Slice", in: ["x", "0", "3", "1"], out: ["b"] },
        { op: "Concat", in: ["a", "b"], out: ["y"], attributes: axis(1) },
      ],
    },
  },
  "a slice of everything": {
    kinds: ["relu"],
    model: {
      inputs: map,
      weights: [ints("0", [0]), ints("8", [8]), ints("1", [1])],
      nodes: [{ op: "Slice", in: ["x", "0", "8", "1"], out: ["a"] }, unary("Relu", "a", "y")],
    },
  },
  "linear by MatMul and Add, row by row": {
    kinds: ["linear"],
    model: {
      inputs: { x: ["N", 3, 8] },
      weights: [floats("fc.kernel", [8, 5]), floats("fc.bias", [5])],
      nodes: [pair("MatMul", "x", "fc.kernel", "a"), pair("Add", "a", "fc.bias", "y")],
    },
  },
  "global_avg_pool by ReduceMean": {
    kinds: ["global_avg_pool"],
    model: {
      inputs: map,
      nodes: [{ op: "ReduceMean", in: ["x"], out: ["y"], attributes: { axes: { ints: [2, 3] } } }],
    },
  },
  "global_avg_pool by ReduceMean whose axes are put back": {
    kinds: ["global_avg_pool"],
    model: {
      inputs: map,
      weights: [ints("back", [2, 3])],
      nodes: [
        {
          op: "ReduceMean",
          in: ["x"],
          out: ["a"],
          attributes: { axes: { ints: [2, 3] }, keepdims: { int: 0 } },
        },
        pair("Unsqueeze", "a", "back", "y"),
      ],
    },
  },
  "normalize by numbers for each channel": {
    kinds: ["normalize"],
    model: {
      inputs: { x: ["N", 3, 6, 6] },
      weights: [floats("mean", [1, 3, 1, 1], [0.4, 0.5, 0.6]), floats("std", [3, 1, 1], [1, 2, 3])],
      nodes: [pair("Sub", "x", "mean", "a"), pair("Div", "a", "std", "y")],
    },
  },
  "one batch_norm by a norm and its scale and shift": {
    kinds: ["batch_norm"],
    model: {
      inputs: map,
      weights: [
        ...["weight", "bias", "running_mean"].map((role) => floats(`bn.${role}`, [8])),
        floats("bn.running_var", [8], [1, 2, 3, 4, 5, 6, 7, 8]),
        floats("scale.weight", [8, 1, 1]),
        floats("scale.bias", [1, 8, 1, 1]),
      ],
      nodes: [
        {
          op: "BatchNormalization",
          in: ["x", "bn.weight", "bn.bias", "bn.running_mean", "bn.running_var"],
          out: ["a"],
        },
        pair("Mul", "a", "scale.weight", "b"),
        pair("Add", "b", "scale.bias", "y"),
      ],
    },
  },
  "numbers that change nothing": {
    kinds: ["relu"],
    model: {
      inputs: map,
      weights: [scalar("one", 1), scalar("zero", 0)],
      nodes: [
        pair("Mul", "one", "x", "a"),
        pair("Add", "zero", "a", "b"),
        pair("Div", "b", "one", "c"),
        pair("Sub", "c", "zero", "d"),
        unary("Relu", "d", "y"),
      ],
    },
  },
  "relu6 by Clip of version 6": {
    kinds: ["relu6"],
    model: {
      opset: 6,
      inputs: map,
      nodes: [
        { op: "Clip", in: ["x"], out: ["y"], attributes: { min: { float: 0 }, max: { float: 6 } } },
      ],
    },
  },
};

describe("what several nodes are together", () => {
  it.each(Object.keys(examples))("%s", (name) => {
    const { model, kinds } = examples[name];
    expect(layersOf(model)).toEqual(kinds);
  });
});

test("a weight behind an Identity keeps the name that says more", () => {
  const { model } = importOnnx(
    onnxModel({
      inputs: map,
      outputs: { y: ["N"] },
      weights: [floats("bn1.weight", [8])],
      nodes: [
        unary("Identity", "bn1.weight", "bn2.weight"),
        {
          op: "BatchNormalization",
          in: ["x", "bn2.weight", "bn2.weight", "bn1.weight", "bn1.weight"],
          out: ["y"],
        },
      ],
    }),
  );
  expect(model?.graph.nodes.map(({ name }) => name)).toEqual(["bn2"]);
});
