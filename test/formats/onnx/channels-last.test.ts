/**
 * What stands between transpositions is turned where that takes fewer of them. Each network is held
 * against itself as it was written, by the reference.
 */
import { describe, expect, it } from "vitest";
import { type NodeText, floats, ints } from "./build.ts";
import { type Network, layersOf, pair, unary } from "./recognition.ts";

/** Height and width differ, so that they cannot be taken for each other. */
const map = { x: ["N", 8, 5, 6] };

const transpose = (from: string, to: string, perm: readonly number[]): NodeText => ({
  op: "Transpose",
  in: [from],
  out: [to],
  attributes: { perm: { ints: perm } },
});
const toLast = (from: string, to: string) => transpose(from, to, [0, 2, 3, 1]);
const toFirst = (from: string, to: string) => transpose(from, to, [0, 3, 1, 2]);

type Weights = NonNullable<Network["weights"]>;

/** Nodes on a map with channels last, from `a` to `b`, between transpositions. */
function between(nodes: readonly NodeText[], weights: Weights = []): Network {
  return { inputs: map, weights, nodes: [toLast("x", "a"), ...nodes, toFirst("b", "y")] };
}

/** The same from `a` to `y`, of which the result has other axes. */
function behind(nodes: readonly NodeText[], weights: Weights = []): Network {
  return { inputs: map, weights, nodes: [toLast("x", "a"), ...nodes] };
}

const axis = (value: number) => ({ attributes: { axis: { int: value } } });
const axes = (values: readonly number[], keepdims = 1) => ({
  attributes: { axes: { ints: values }, keepdims: { int: keepdims } },
});
const pads = (...numbers: readonly number[]): Weights => [ints("pads", numbers)];
const norm = [floats("norm.weight", [8]), floats("norm.bias", [8])];

const turned: Readonly<Record<string, { model: Network; kinds: readonly string[] }>> = {
  "functions of elements": {
    kinds: ["relu", "sigmoid", "add"],
    model: between([
      unary("Relu", "a", "c"),
      unary("Sigmoid", "c", "d"),
      pair("Add", "c", "d", "b"),
    ]),
  },
  "numbers for each channel": {
    kinds: ["parameter", "mul"],
    model: between([pair("Mul", "a", "gain", "b")], [floats("gain", [8])]),
  },
  "numbers for each row and channel": {
    kinds: ["parameter", "add"],
    model: between([pair("Add", "a", "offset", "b")], [floats("offset", [5, 1, 8])]),
  },
  concat: {
    kinds: ["tanh", "concat"],
    model: between([unary("Tanh", "a", "c"), { ...pair("Concat", "a", "c", "b"), ...axis(-1) }]),
  },
  split: {
    kinds: ["split", "mul"],
    model: between(
      [
        { op: "Split", in: ["a", "parts"], out: ["c", "d"], ...axis(3) },
        pair("Mul", "c", "d", "b"),
      ],
      [ints("parts", [4, 4])],
    ),
  },
  slice: {
    kinds: ["slice"],
    model: between(
      [{ op: "Slice", in: ["a", "1", "4", "1"], out: ["b"] }],
      [ints("1", [1]), ints("4", [4])],
    ),
  },
  "slice backwards": {
    kinds: ["flip"],
    model: between(
      [{ op: "Slice", in: ["a", "last", "first", "2", "back"], out: ["b"] }],
      [ints("last", [-1]), ints("first", [-99]), ints("2", [2]), ints("back", [-1])],
    ),
  },
  "places of an axis": {
    kinds: ["index_select"],
    model: between([{ ...pair("Gather", "a", "at", "b"), ...axis(3) }], [ints("at", [3, 0, 3])]),
  },
  tile: {
    kinds: ["tile"],
    model: between([pair("Tile", "a", "by", "b")], [ints("by", [1, 2, 1, 3])]),
  },
  expand: {
    kinds: ["mean", "expand"],
    model: between(
      [{ ...unary("ReduceMean", "a", "c"), ...axes([1]) }, pair("Expand", "c", "to", "b")],
      [ints("to", [1, 7, 6, 8])],
    ),
  },
  softmax: { kinds: ["softmax"], model: between([{ ...unary("Softmax", "a", "b"), ...axis(-1) }]) },
  "pads of height and width": {
    kinds: ["pad"],
    model: between([pair("Pad", "a", "pads", "b")], pads(0, 1, 2, 0, 0, 3, 0, 0)),
  },
  "pads of channels": {
    kinds: ["pad"],
    model: between([pair("Pad", "a", "pads", "b")], pads(0, 0, 0, 1, 0, 0, 0, 2)),
  },
  "mirrored pads": {
    kinds: ["pad"],
    model: between(
      [{ ...pair("Pad", "a", "pads", "b"), attributes: { mode: { string: "reflect" } } }],
      pads(0, 1, 2, 0, 0, 3, 0, 0),
    ),
  },
  "means that stay axes": {
    kinds: ["global_avg_pool"],
    model: between([{ ...unary("ReduceMean", "a", "b"), ...axes([1, 2]) }]),
  },
  "means of channels": {
    kinds: ["mean"],
    model: between([{ ...unary("ReduceMean", "a", "b"), ...axes([3]) }]),
  },
  "means that leave vectors": {
    kinds: ["mean"],
    model: behind([{ ...unary("ReduceMean", "a", "y"), ...axes([1, 2], 0) }]),
  },
  "vectors put back as maps": {
    kinds: ["global_avg_pool", "mul"],
    model: between(
      [
        { ...unary("ReduceMean", "a", "c"), ...axes([1, 2], 0) },
        pair("Reshape", "c", "shape", "d"),
        pair("Mul", "a", "d", "b"),
      ],
      [ints("shape", [-1, 1, 1, 8])],
    ),
  },
  "a pooled map as a vector": {
    kinds: ["global_max_pool", "flatten"],
    model: behind([
      { ...unary("ReduceMax", "a", "c"), ...axes([1, 2]) },
      unary("Flatten", "c", "y"),
    ]),
  },
  "a pooled map squeezed": {
    kinds: ["global_max_pool", "squeeze"],
    model: behind(
      [{ ...unary("ReduceMax", "a", "c"), ...axes([1, 2]) }, pair("Squeeze", "c", "12", "y")],
      [ints("12", [1, 2])],
    ),
  },
  "a norm of the last axis": {
    kinds: ["layer_norm"],
    model: between(
      [{ op: "LayerNormalization", in: ["a", "norm.weight", "norm.bias"], out: ["b"] }],
      norm,
    ),
  },
  "a matrix for the last axis": {
    kinds: ["conv"],
    model: between(
      [pair("MatMul", "a", "fc.kernel", "c"), pair("Add", "c", "fc.bias", "b")],
      [floats("fc.kernel", [8, 4]), floats("fc.bias", [4])],
    ),
  },
  "a slope for each channel": {
    kinds: ["prelu"],
    model: between([pair("PRelu", "a", "slope", "b")], [floats("slope", [8])]),
  },
  "a flatten in front of a matrix, whose rows are put in another order": {
    kinds: ["flatten", "linear"],
    model: behind(
      [
        unary("Flatten", "a", "c"),
        pair("MatMul", "c", "fc.kernel", "d"),
        pair("Add", "d", "fc.bias", "y"),
      ],
      [floats("fc.kernel", [240, 3]), floats("fc.bias", [3])],
    ),
  },
  "a residual sum around convolutions": {
    kinds: ["conv", "relu", "conv", "add", "relu"],
    model: {
      inputs: map,
      weights: [floats("one.weight", [8, 8, 3, 3]), floats("two.weight", [8, 8, 3, 3])],
      nodes: [
        { ...pair("Conv", "x", "one.weight", "c"), attributes: { pads: { ints: [1, 1, 1, 1] } } },
        toLast("c", "d"),
        unary("Relu", "d", "e"),
        toFirst("e", "f"),
        { ...pair("Conv", "f", "two.weight", "g"), attributes: { pads: { ints: [1, 1, 1, 1] } } },
        toLast("g", "h"),
        pair("Add", "h", "e", "i"),
        unary("Relu", "i", "j"),
        toFirst("j", "y"),
      ],
    },
  },
  "the image's mean and deviation before the first transposition": {
    kinds: ["permute", "normalize", "relu"],
    model: {
      inputs: { x: ["N", 5, 6, 3] },
      weights: [floats("mean", [3], [0.4, 0.5, 0.6]), floats("std", [3], [0.2, 0.3, 0.4])],
      nodes: [
        pair("Sub", "x", "mean", "a"),
        pair("Div", "a", "std", "b"),
        toFirst("b", "c"),
        unary("Relu", "c", "y"),
      ],
    },
  },
  "sequences with channels last": {
    kinds: ["relu"],
    model: {
      inputs: { x: ["N", 8, 6] },
      nodes: [
        transpose("x", "a", [0, 2, 1]),
        unary("Relu", "a", "b"),
        transpose("b", "y", [0, 2, 1]),
      ],
    },
  },
};

describe("a part between transpositions", () => {
  it.each(Object.keys(turned))("%s", (name) => {
    const { model, kinds } = turned[name];
    expect(layersOf(model)).toEqual(kinds);
  });
});

const left: Readonly<Record<string, { model: Network; kinds: readonly string[] }>> = {
  "a sum that would leave its axes in another order": {
    kinds: ["permute", "sum"],
    model: behind(
      [{ op: "ReduceSum", in: ["a", "1"], out: ["y"], attributes: { keepdims: { int: 0 } } }],
      [ints("1", [1])],
    ),
  },
  "a reshape of several pixels": {
    kinds: ["permute", "reshape", "permute"],
    model: between([pair("Reshape", "a", "to", "b")], [ints("to", [-1, 6, 5, 8])]),
  },
  "mirrored pads of channels": {
    kinds: ["permute", "pad", "permute"],
    model: {
      inputs: map,
      weights: pads(0, 0, 1, 0, 0, 0, 0, 0),
      nodes: [
        // Width becomes the channels.
        transpose("x", "a", [0, 3, 1, 2]),
        { ...pair("Pad", "a", "pads", "b"), attributes: { mode: { string: "reflect" } } },
        transpose("b", "y", [0, 2, 3, 1]),
      ],
    },
  },
  "a matrix that another layer has too": {
    kinds: ["permute", "linear", "linear", "permute"],
    model: between(
      [pair("MatMul", "a", "fc.kernel", "c"), pair("MatMul", "c", "fc.kernel", "b")],
      [floats("fc.kernel", [8, 8])],
    ),
  },
  "a flatten for two matrices": {
    kinds: ["permute", "flatten", "linear", "linear", "add"],
    model: behind(
      [
        unary("Flatten", "a", "c"),
        pair("MatMul", "c", "one", "d"),
        pair("MatMul", "c", "two", "e"),
        pair("Add", "d", "e", "y"),
      ],
      [floats("one", [240, 3]), floats("two", [240, 3])],
    ),
  },
  "what is read with channels last more often": {
    kinds: ["permute", "reshape", "relu", "reshape", "add"],
    model: behind(
      [
        unary("Relu", "a", "c"),
        pair("Reshape", "a", "to", "d"),
        pair("Reshape", "c", "to", "e"),
        pair("Add", "d", "e", "y"),
      ],
      [ints("to", [-1, 6, 5, 8])],
    ),
  },
};

describe("what stays as it is", () => {
  it.each(Object.keys(left))("%s", (name) => {
    const { model, kinds } = left[name];
    expect(layersOf(model)).toEqual(kinds);
  });
});
