/**
 * Arithmetic that is nearly an activation or a normalisation stays arithmetic: each network is one
 * of those that patterns know, with one thing changed.
 */
import { expect, test } from "vitest";
import { type NodeText, floats, ints } from "./build.ts";
import { type Network, geluByTanh, layersOf, map, pair, scalar, unary } from "./recognition.ts";

const numbers = Object.entries({
  root: Math.SQRT2,
  one: 1,
  two: 2,
  three: 3,
  six: 6,
  half: 0.5,
  quarter: 0.25,
  minus: -0.5,
  four: 4,
  zero: 0,
  cubic: 0.044715,
  slope: Math.sqrt(2 / Math.PI),
  eps: 100,
}).map(([name, value]) => scalar(name, value));

/** Nodes with a change: those that make a value are replaced, the last makes `y`. */
function changed(nodes: readonly NodeText[], ...instead: readonly NodeText[]): Network {
  const made = new Map(instead.map((node) => [node.out[0], node]));
  const more = instead.filter(({ out: [name] }) => !nodes.some((node) => node.out[0] === name));
  return {
    inputs: map,
    weights: numbers,
    nodes: [...more, ...nodes.map((node) => made.get(node.out[0]) ?? node)],
  };
}

/** Something else than `x` of the same shape, and never negative. */
const other = unary("Abs", "x", "z");

const silu = [unary("Sigmoid", "x", "a"), pair("Mul", "x", "a", "y")];
const mish = [unary("Softplus", "x", "a"), unary("Tanh", "a", "b"), pair("Mul", "x", "b", "y")];
const gelu = [
  pair("Div", "x", "root", "a"),
  unary("Erf", "a", "b"),
  pair("Add", "b", "one", "c"),
  pair("Mul", "x", "c", "d"),
  pair("Mul", "d", "half", "y"),
];
const hardSwish = [
  pair("Add", "x", "three", "a"),
  { op: "Clip", in: ["a", "zero", "six"], out: ["b"] },
  pair("Mul", "x", "b", "c"),
  pair("Div", "c", "six", "y"),
];

test.each<[string, Network, string]>([
  ["the sigmoid of something else", changed(silu, unary("Sigmoid", "z", "a"), other), "silu"],
  [
    "a steeper hard_sigmoid",
    changed(silu, { ...unary("HardSigmoid", "x", "a"), attributes: { alpha: { float: 0.25 } } }),
    "hard_swish",
  ],
  ["the softplus of something else", changed(mish, unary("Softplus", "z", "a"), other), "mish"],
  ["the erf of something else", changed(gelu, pair("Div", "z", "root", "a"), other), "gelu"],
  ["twice gelu", changed(gelu, pair("Mul", "d", "one", "y")), "gelu"],
  ["a square for the cube", changed(geluByTanh, pair("Pow", "x", "two", "a")), "gelu"],
  ["a sum with something else", changed(geluByTanh, pair("Add", "b", "z", "c"), other), "gelu"],
  ["the ramp of something else", changed(hardSwish, pair("Add", "z", "three", "a"), other), "hard"],
])("%s", (_, network, kind) => {
  for (const layer of layersOf(network)) expect(layer).not.toMatch(kind);
});

const mean = (from: string, to: string, axes: readonly number[] = [-1]): NodeText => ({
  ...unary("ReduceMean", from, to),
  attributes: { axes: { ints: axes } },
});

/** Without scale and shift. */
const layerNorm = [
  mean("x", "m"),
  pair("Sub", "x", "m", "c"),
  pair("Pow", "c", "two", "s"),
  mean("s", "v"),
  pair("Add", "v", "eps", "e"),
  unary("Sqrt", "e", "r"),
  pair("Div", "c", "r", "y"),
];

test("what the following change is a layer_norm", () => {
  expect(layersOf(changed(layerNorm))).toEqual(["layer_norm"]);
});

test.each<[string, Network]>([
  ["the variance over more axes", changed(layerNorm, mean("s", "v", [1, 3]))],
  ["the mean of something else", changed(layerNorm, mean("z", "m"), other)],
  ["the fourth root", changed(layerNorm, pair("Pow", "e", "quarter", "r"))],
  ["fourth powers", changed(layerNorm, pair("Pow", "c", "four", "s"))],
  ["products with something else", changed(layerNorm, pair("Mul", "c", "x", "s"))],
  ["means over the batch", changed(layerNorm, mean("x", "m", [0]), mean("s", "v", [0]))],
])("a layer_norm with %s is none", (_, network) => {
  expect(layersOf(network)).not.toContain("layer_norm");
});

test("a layer_norm of all axes between transpositions is none of the channels", () => {
  const transposed = (from: string, perm: readonly number[], to: string): NodeText => ({
    ...unary("Transpose", from, to),
    attributes: { perm: { ints: perm } },
  });
  const nodes = [
    transposed("x", [0, 2, 3, 1], "t"),
    mean("t", "m", [1, 2, 3]),
    pair("Sub", "t", "m", "c"),
    pair("Pow", "c", "two", "s"),
    mean("s", "v", [1, 2, 3]),
    ...layerNorm.slice(4, 6),
    pair("Div", "c", "r", "n"),
    transposed("n", [0, 3, 1, 2], "y"),
  ];
  const kinds = layersOf({ inputs: map, weights: numbers, nodes });
  expect(kinds).toEqual(["permute", "layer_norm", "permute"]);
});

/** Scale and shift of rows, where a norm has one of each column. */
test("a layer_norm with a scale along another axis keeps it apart", () => {
  const nodes = [
    ...layerNorm.slice(0, 6),
    pair("Div", "c", "r", "n"),
    pair("Mul", "n", "scale", "w"),
    pair("Add", "w", "shift", "y"),
  ];
  const weights = [...numbers, floats("scale", [6, 1]), floats("shift", [6, 1])];
  expect(layersOf({ inputs: map, weights, nodes })).toEqual([
    "layer_norm",
    "parameter",
    "mul",
    "parameter",
    "add",
  ]);
});

interface Groups {
  /** Sizes of the map, and of its groups' scale. */
  readonly width?: number;
  readonly ones?: readonly number[];
  readonly by?: readonly number[];
  readonly last?: string;
}

/** Groups normalised as channels, with scale and shift. */
function groupNorm({ width = 6, ones = [1, 1], by = [8, 1, 1], last = "Add" }: Groups): Network {
  return {
    inputs: { x: ["N", 8, 6, width] },
    weights: [
      ints("groups", [0, 2, -1]),
      ints("back", [-1, 8, 6, width]),
      floats("ones", [2], ones),
      floats("zeros", [2], [0, 0]),
      floats("scale", by),
      floats("shift", by),
    ],
    nodes: [
      pair("Reshape", "x", "groups", "a"),
      { op: "InstanceNormalization", in: ["a", "ones", "zeros"], out: ["b"] },
      pair("Reshape", "b", "back", "c"),
      pair("Mul", "c", "scale", "d"),
      pair(last, "d", "shift", "y"),
    ],
  };
}

test("what the following change is a group_norm", () => {
  expect(layersOf(groupNorm({}))).toEqual(["group_norm"]);
});

test.each<[string, Network, readonly string[]]>([
  [
    "scales of the groups",
    groupNorm({ ones: [2, 3] }),
    ["reshape", "unsqueeze", "instance_norm", "squeeze", "reshape", "batch_norm"],
  ],
  [
    "a scale of each column",
    groupNorm({ width: 8, by: [8] }),
    ["group_norm", "parameter", "mul", "parameter", "add"],
  ],
  ["a shift that is taken off", groupNorm({ last: "Sub" }), ["group_norm", "batch_norm"]],
])("a group_norm with %s keeps that apart", (_, network, kinds) => {
  expect(layersOf(network)).toEqual(kinds);
});

test("channels that are normalised one by one are no groups", () => {
  const nodes = [
    { op: "InstanceNormalization", in: ["x", "ones", "zeros"], out: ["a"] },
    pair("Mul", "a", "scale", "b"),
    pair("Add", "b", "shift", "y"),
  ];
  const weights = [
    floats("ones", [8], Array<number>(8).fill(1)),
    floats("zeros", [8], Array<number>(8).fill(0)),
    floats("scale", [8, 1, 1]),
    floats("shift", [8, 1, 1]),
  ];
  expect(layersOf({ inputs: map, weights, nodes })).toEqual(["instance_norm", "batch_norm"]);
});

/** A scale and a shift of each channel by the operators given. */
function affine(shape: readonly number[], nodes: readonly NodeText[]): Network {
  return {
    inputs: { x: ["N", 8, 6, 8] },
    weights: [floats("scale", shape), floats("shift", shape)],
    nodes,
  };
}

test.each<[string, Network]>([
  [
    "numbers of each column",
    affine([8], [pair("Mul", "x", "scale", "a"), pair("Add", "a", "shift", "y")]),
  ],
  [
    "a difference from the shift",
    affine([8, 1, 1], [pair("Mul", "x", "scale", "a"), pair("Sub", "shift", "a", "y")]),
  ],
  [
    "a quotient of the scale",
    affine([8, 1, 1], [pair("Add", "x", "shift", "a"), pair("Div", "scale", "a", "y")]),
  ],
])("%s is no batch_norm", (_, network) => {
  expect(layersOf(network)).not.toContain("batch_norm");
});

test.each<[string, Network, readonly string[]]>([
  [
    "a negative deviation",
    changed([pair("Sub", "x", "half", "a"), pair("Div", "a", "minus", "y")]),
    ["sub_scalar", "div_scalar"],
  ],
  [
    "a difference that others read too",
    changed([
      pair("Sub", "x", "half", "a"),
      pair("Div", "a", "quarter", "b"),
      pair("Mul", "a", "b", "y"),
    ]),
    ["sub_scalar", "div_scalar", "mul"],
  ],
  [
    "a vector",
    {
      ...changed([pair("Sub", "x", "half", "a"), pair("Div", "a", "quarter", "y")]),
      inputs: { x: ["N", 8] },
    },
    ["sub_scalar", "div_scalar"],
  ],
])("%s is not normalize", (_, network, kinds) => {
  expect(layersOf(network)).toEqual(kinds);
});
