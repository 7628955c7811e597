/** What looks like a pattern and is another function stays as it is: by the layers that are left. */
import { describe, expect, it } from "vitest";
import { type NodeText, floats, ints } from "./build.ts";
import { type Network, layersOf, map, pair, unary } from "./recognition.ts";

const SIDES = [0, 0, 1, 1, 0, 0, 1, 1];
const THREE = { kernel_shape: { ints: [3, 3] } };
const LOWEST = floats("least", [], [-3.4028234663852886e38]);

/** A pad in front of a node. */
function padded(sides: readonly number[], node: NodeText, pad: Partial<NodeText> = {}): Network {
  return {
    inputs: map,
    weights: [
      ints("sides", sides),
      LOWEST,
      floats("one", [], [1]),
      floats("weight", [4, 8, 3, 3]),
      floats("deep", [8, 1, 3, 3]),
    ],
    nodes: [{ op: "Pad", in: ["x", "sides"], out: ["a"], ...pad }, node],
  };
}

const conv = (attributes: NodeText["attributes"] = {}): NodeText => ({
  ...pair("Conv", "a", "weight", "y"),
  attributes,
});
const depthwise: NodeText = {
  ...pair("Conv", "a", "deep", "y"),
  attributes: { group: { int: 8 } },
};
const pool = (op: string, attributes: NodeText["attributes"] = {}): NodeText => ({
  ...unary(op, "a", "y"),
  attributes: { ...THREE, ...attributes },
});
const counting = { count_include_pad: { int: 1 } };
const own = { pads: { ints: [1, 1, 1, 1] } };
const least = { in: ["x", "sides", "least"] };
const ones = { in: ["x", "sides", "one"] };

/** Slices `[from, to, axis, step]` of the input, added up where there are two of them. */
function slices(...parts: readonly (readonly number[])[]): Network {
  const names = parts.map((_, at) => `part${at}`);
  return {
    inputs: map,
    weights: parts.flatMap((numbers, at) =>
      numbers.map((value, place) => ints(`${"fteas"[place]}${at}`, [value])),
    ),
    nodes: [
      ...names.map((name, at): NodeText => ({
        op: "Slice",
        in: ["x", `f${at}`, `t${at}`, `e${at}`, `a${at}`],
        out: [name],
      })),
      { op: "Concat", in: names, out: ["y"], attributes: { axis: { int: 1 } } },
    ],
  };
}

/** A layer without bias and numbers of this shape behind it. */
function biased(shape: readonly number[], more: Partial<Network> = {}): Network {
  return {
    inputs: map,
    weights: [
      floats("weight", [6, 8, 1, 1]),
      floats("first", [6]),
      floats("added", shape),
      floats("matrix", [8, 6]),
    ],
    nodes: [pair("Conv", "x", "weight", "a"), pair("Add", "a", "added", "y")],
    ...more,
  };
}

function transposed(from: string, order: readonly number[], to: string): NodeText {
  return { op: "Transpose", in: [from], out: [to], attributes: { perm: { ints: order } } };
}

/** The last axis normalised between two transpositions. */
function transposedNorm(before: readonly number[], behind: readonly number[]): Network {
  return {
    inputs: map,
    weights: [floats("scale", [8]), floats("shift", [8])],
    nodes: [
      transposed("x", before, "a"),
      { op: "LayerNormalization", in: ["a", "scale", "shift"], out: ["b"] },
      transposed("b", behind, "y"),
    ],
  };
}

/** As five axes, in another order, and as four again. */
function shuffled(apart: readonly number[], order: readonly number[]): Network {
  return {
    inputs: map,
    weights: [ints("apart", apart), ints("whole", [-1, 8, 6, 6])],
    nodes: [
      pair("Reshape", "x", "apart", "a"),
      transposed("a", order, "b"),
      pair("Reshape", "b", "whole", "y"),
    ],
  };
}

interface Example {
  readonly model: Network;
  readonly kinds: readonly string[];
}

const examples: Readonly<Record<string, Example>> = {
  "a mirrored border in front of a convolution": {
    model: padded(SIDES, conv(), { attributes: { mode: { string: "reflect" } } }),
    kinds: ["pad", "conv"],
  },
  "ones in front of a convolution": {
    model: padded(SIDES, conv(), ones),
    kinds: ["pad", "conv"],
  },
  "ones in front of a convolution of single channels": {
    model: padded(SIDES, depthwise, ones),
    kinds: ["pad", "depthwise"],
  },
  "pixels cut off in front of a convolution that adds zeros": {
    model: padded([0, 0, -1, 0, 0, 0, 0, 0], conv(own)),
    kinds: ["pad", "conv"],
  },
  "channels of zeros in front of a maximum": {
    model: padded([0, 1, 1, 1, 0, 0, 1, 1], pool("MaxPool"), least),
    kinds: ["pad", "max_pool"],
  },
  "zeros in front of a maximum": {
    model: padded(SIDES, pool("MaxPool")),
    kinds: ["pad", "max_pool"],
  },
  "zeros in front of a mean that does not count its own": {
    model: padded(SIDES, pool("AveragePool", own)),
    kinds: ["pad", "avg_pool"],
  },
  "ones in front of a mean": {
    model: padded(SIDES, pool("AveragePool", counting), ones),
    kinds: ["pad", "avg_pool"],
  },
  "more zeros than half of a mean's kernel": {
    model: padded([0, 0, 2, 2, 0, 0, 2, 2], pool("AveragePool", counting)),
    kinds: ["pad", "avg_pool"],
  },
  "slices that overlap, as many channels as all": {
    model: slices([0, 4, 1, 1], [3, 7, 1, 1]),
    kinds: ["slice", "slice", "concat"],
  },
  "slices that leave a channel out between them": {
    model: slices([0, 3, 1, 1], [4, 8, 1, 1]),
    kinds: ["slice", "slice", "concat"],
  },
  "slices that leave the last channel out": {
    model: slices([0, 3, 1, 1], [3, 7, 1, 1]),
    kinds: ["slice", "slice", "concat"],
  },
  "a slice of every second channel": {
    model: slices([0, 8, 1, 2], [4, 8, 1, 1]),
    kinds: ["slice", "slice", "concat"],
  },
  "slices along two axes": {
    model: {
      inputs: map,
      weights: ["0", "2", "3", "6", "1"].map((number) => ints(number, [Number(number)])),
      nodes: [
        { op: "Slice", in: ["x", "0", "3", "2", "1"], out: ["a"] },
        { op: "Slice", in: ["x", "3", "6", "3", "1"], out: ["b"] },
        unary("GlobalMaxPool", "a", "c"),
        unary("GlobalMaxPool", "b", "d"),
        pair("Add", "c", "d", "y"),
      ],
    },
    kinds: ["slice", "global_max_pool", "slice", "global_max_pool", "add"],
  },
  "two transpositions around a norm that also exchange height and width, before it": {
    model: transposedNorm([0, 3, 2, 1], [0, 3, 1, 2]),
    kinds: ["permute", "layer_norm"],
  },
  "two transpositions around a norm that also exchange height and width, behind it": {
    model: transposedNorm([0, 2, 3, 1], [0, 3, 2, 1]),
    kinds: ["layer_norm", "permute"],
  },
  "channels dealt out, with height and width exchanged": {
    model: shuffled([-1, 2, 4, 6, 6], [0, 2, 1, 4, 3]),
    kinds: ["reshape", "permute", "flatten"],
  },
  "elements dealt out between others than channels": {
    model: shuffled([-1, 2, 4, 3, 12], [0, 2, 1, 3, 4]),
    kinds: ["reshape", "permute", "reshape"],
  },
  "channels dealt out by different factors along height and width": {
    model: {
      inputs: map,
      weights: [ints("apart", [-1, 2, 4, 1, 6, 6]), ints("whole", [-1, 2, 24, 6])],
      nodes: [
        pair("Reshape", "x", "apart", "a"),
        {
          op: "Transpose",
          in: ["a"],
          out: ["b"],
          attributes: { perm: { ints: [0, 1, 4, 2, 5, 3] } },
        },
        pair("Reshape", "b", "whole", "y"),
      ],
    },
    kinds: ["reshape", "permute", "reshape"],
  },
  "an operand stretched beyond the other": {
    model: {
      inputs: map,
      weights: [ints("whole", [1, 8, 6, 6])],
      nodes: [
        unary("GlobalAveragePool", "x", "a"),
        pair("Expand", "a", "whole", "b"),
        pair("Mul", "a", "b", "y"),
      ],
    },
    kinds: ["global_avg_pool", "expand", "mul"],
  },
  "a bias behind a convolution that has one": {
    model: biased([6, 1, 1], {
      nodes: [
        { op: "Conv", in: ["x", "weight", "first"], out: ["a"] },
        pair("Add", "a", "added", "y"),
      ],
    }),
    kinds: ["conv", "parameter", "add"],
  },
  "a bias behind a convolution that is read without it too": {
    model: biased([6, 1, 1], {
      nodes: [
        pair("Conv", "x", "weight", "a"),
        pair("Add", "a", "added", "b"),
        pair("Mul", "a", "b", "y"),
      ],
    }),
    kinds: ["conv", "parameter", "add", "mul"],
  },
  "a number for each column behind a convolution": {
    model: biased([6]),
    kinds: ["conv", "parameter", "add"],
  },
  "a number for each channel and column behind a convolution": {
    model: biased([6, 1, 6]),
    kinds: ["conv", "parameter", "add"],
  },
  "a norm that is read without its scale and shift too": {
    kinds: ["batch_norm", "batch_norm", "add"],
    model: {
      inputs: map,
      weights: [
        floats("gain", [8], [1, 2, 3, 4, 5, 6, 7, 8]),
        floats("scale", [8, 1, 1]),
        floats("shift", [8, 1, 1]),
      ],
      nodes: [
        { op: "BatchNormalization", in: ["x", "gain", "gain", "gain", "gain"], out: ["a"] },
        pair("Mul", "a", "scale", "b"),
        pair("Add", "b", "shift", "c"),
        pair("Add", "a", "c", "y"),
      ],
    },
  },
  "numbers from which the input is subtracted, or which it divides": {
    kinds: ["rsub_scalar", "rdiv_scalar"],
    model: {
      inputs: map,
      weights: [floats("zero", [], [0]), floats("one", [], [1])],
      nodes: [pair("Sub", "zero", "x", "a"), pair("Div", "one", "a", "y")],
    },
  },
  "a number for each row behind a matrix": {
    model: biased([3, 1], {
      inputs: { x: ["N", 3, 8] },
      nodes: [pair("MatMul", "x", "matrix", "a"), pair("Add", "a", "added", "y")],
    }),
    kinds: ["linear", "parameter", "add"],
  },
  "a number for each row and feature behind a matrix": {
    model: biased([3, 6], {
      inputs: { x: ["N", 3, 8] },
      nodes: [pair("MatMul", "x", "matrix", "a"), pair("Add", "a", "added", "y")],
    }),
    kinds: ["linear", "parameter", "add"],
  },
};

describe("what only looks like a pattern", () => {
  it.each(Object.keys(examples))("%s", (name) => {
    const { model, kinds } = examples[name];
    expect(layersOf(model)).toEqual(kinds);
  });
});
