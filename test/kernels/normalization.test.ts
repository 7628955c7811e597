import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type NormalizationAffine,
  type NormalizationProblem,
  normalization,
} from "../../src/kernels/statistics/normalization.ts";
import type { Machine } from "../../src/kernels/machine.ts";
import { type Operand, rowMajor } from "../../src/kernels/loops/operand.ts";
import type { Attributes } from "../../src/layers/layer.ts";
import { functionOf } from "../../src/plan/lower/epilogue.ts";
import { wasmMachine } from "../../src/targets/wasm/machine.ts";
import { type MapShape, type Order, anyMapShape, anyOrder, operandIn, orders } from "./layouts.ts";
import { type Given, errorOf, randomTensor, referenceOf, runKernel } from "./memory.ts";

const usual = wasmMachine({ relaxedSimd: true, threads: 1 });
const TOLERANCE = 3e-6;
const EPS = 1e-5;

/** Values are `mean` ± 1. */
interface Map {
  readonly shape: MapShape;
  readonly from: Order;
  readonly to: Order;
  readonly mean?: number;
  readonly relu?: boolean;
  readonly machine?: Machine;
}

/** Runs a kernel whose problem has the axes of the map itself, or others of the same memory. */
function errorOfNorm(
  { shape, from, to, mean = 0, relu = false, machine = usual }: Map,
  problemOf: (input: Operand, output: Operand) => Omit<NormalizationProblem, "eps">,
  weights: readonly Given[],
  reference: (x: ReturnType<typeof randomTensor>["tensor"]) => ReturnType<typeof referenceOf>,
  eps = EPS,
): number {
  const x = randomTensor(shape, 1, mean - 1, mean + 1);
  const [input, output] = [operandIn(from, shape), operandIn(to, shape)];
  const problem = { ...problemOf(input, output), eps };
  const activation = { activation: functionOf({ kind: "relu", attributes: {} }) };
  const got = runKernel(
    normalization(relu ? { ...problem, ...activation } : problem, machine),
    [{ shape, operand: input, values: x.values }, ...weights],
    { shape, operand: output },
  );
  const expected = reference(x.tensor);
  return errorOf(got, relu ? referenceOf("relu", {}, [expected]) : expected);
}

/** Weights of this shape, along the problem's axes. */
function affineOf(
  shape: readonly number[],
  operand: Operand,
  scaleOffset: 0 | 1 = 0,
): {
  readonly affine: NormalizationAffine;
  readonly given: readonly Given[];
  readonly tensors: {
    weight: ReturnType<typeof randomTensor>["tensor"];
    bias: ReturnType<typeof randomTensor>["tensor"];
  };
} {
  const [weight, bias] = [randomTensor(shape, 2, 0.5, 1.5), randomTensor(shape, 3)];
  return {
    affine: { scale: operand, shift: operand, scaleOffset },
    given: [
      {
        shape: [weight.values.length],
        operand: rowMajor([weight.values.length]),
        values: weight.values,
      },
      { shape: [bias.values.length], operand: rowMajor([bias.values.length]), values: bias.values },
    ],
    tensors: { weight: weight.tensor, bias: bias.tensor },
  };
}

const perChannel: Operand = { strides: [0, 1, 0, 0], wholeVectors: false };

function instanceNorm(map: Map): number {
  const { affine, given, tensors } = affineOf([map.shape[1]], perChannel);
  return errorOfNorm(
    map,
    (input, output) => ({
      shape: map.shape,
      folded: [false, false, true, true],
      input,
      output,
      affine,
    }),
    given,
    (x) =>
      referenceOf("instance_norm", { num_features: null, eps: EPS, affine: true }, [x], tensors),
  );
}

function plainInstanceNorm(map: Map): number {
  return errorOfNorm(
    map,
    (input, output) => ({ shape: map.shape, folded: [false, false, true, true], input, output }),
    [],
    (x) => referenceOf("instance_norm", { num_features: null, eps: EPS, affine: false }, [x]),
  );
}

/** `[N, C, H, W]` as `[N, G, C / G, H, W]`. */
function grouped({ strides, wholeVectors }: Operand, perGroup: number): Operand {
  const [n, c, h, w] = strides;
  return { strides: [n, c * perGroup, c, h, w], wholeVectors };
}

function groupNorm(map: Map, groups: number): number {
  const [n, c, h, w] = map.shape;
  const perGroup = c / groups;
  const { affine, given, tensors } = affineOf([c], {
    strides: [0, perGroup, 1, 0, 0],
    wholeVectors: false,
  });
  const attributes = { num_groups: groups, num_channels: null, eps: EPS, affine: true };
  return errorOfNorm(
    map,
    (input, output) => ({
      shape: [n, groups, perGroup, h, w],
      folded: [false, false, true, true, true],
      input: grouped(input, perGroup),
      output: grouped(output, perGroup),
      affine,
    }),
    given,
    (x) => referenceOf("group_norm", attributes, [x], tensors),
  );
}

function layerNorm(map: Map, axes: readonly number[]): number {
  const { shape } = map;
  const weightShape = axes.map((axis) => shape[axis]);
  const strides = [0, 0, 0, 0];
  rowMajor(weightShape).strides.forEach((stride, i) => (strides[axes[i]] = stride));
  const { affine, given, tensors } = affineOf(weightShape, { strides, wholeVectors: false });
  const attributes: Attributes = { axes, eps: EPS, elementwise_affine: true };
  return errorOfNorm(
    map,
    (input, output) => ({
      shape,
      folded: shape.map((_, axis) => axes.includes(axis)),
      input,
      output,
      affine,
    }),
    given,
    (x) => referenceOf("layer_norm", attributes, [x], tensors),
  );
}

function adain(map: Map): number {
  const [batch, channels] = map.shape;
  const style = randomTensor([batch, 2 * channels], 5);
  const half: Operand = { strides: [2 * channels, 1, 0, 0], wholeVectors: false };
  // The same style twice, the second time from its shifts on.
  const shape = [style.values.length];
  const operand = rowMajor(shape);
  const shifts = style.values.subarray(channels);
  return errorOfNorm(
    map,
    (input, output) => ({
      shape: map.shape,
      folded: [false, false, true, true],
      input,
      output,
      affine: { scale: half, shift: half, scaleOffset: 1 },
    }),
    [
      { shape, operand, values: style.values },
      { shape: [shifts.length], operand: rowMajor([shifts.length]), values: shifts },
    ],
    (x) => referenceOf("adain", { eps: 1e-8 }, [x, style.tensor]),
    1e-8,
  );
}

const shapes: readonly MapShape[] = [
  [1, 1, 2, 2],
  [2, 12, 7, 9],
  [1, 67, 5, 5],
  [3, 6, 16, 3],
];

describe.each(orders)("from and to %s", (order) => {
  const map = (shape: MapShape): Map => ({ shape, from: order, to: order });

  test.each(shapes)("instance norm of [%i, %i, %i, %i]", (...shape) => {
    expect(instanceNorm(map(shape))).toBeLessThan(TOLERANCE);
    expect(plainInstanceNorm({ ...map(shape), relu: true })).toBeLessThan(TOLERANCE);
  });

  test.each(shapes)("layer norm of [%i, %i, %i, %i], over all axes and over some", (...shape) => {
    for (const axes of [[1, 2, 3], [1], [2, 3], [3]]) {
      expect(layerNorm(map(shape), axes)).toBeLessThan(TOLERANCE);
    }
  });

  test.each([
    [12, 3],
    [12, 12],
    [12, 1],
    [10, 2],
    [21, 3],
    [64, 8],
  ])("group norm of %i channels in %i groups", (channels, groups) => {
    expect(groupNorm(map([2, channels, 5, 7]), groups)).toBeLessThan(TOLERANCE);
  });

  test.each(shapes)("adain of [%i, %i, %i, %i]", (...shape) => {
    expect(adain(map(shape))).toBeLessThan(TOLERANCE);
  });

  test("a mean that is a thousand times the deviation costs no accuracy", () => {
    const large = { ...map([1, 8, 61, 67]), mean: 1000 };
    expect(plainInstanceNorm(large)).toBeLessThan(2e-6);
    expect(layerNorm(large, [1, 2, 3])).toBeLessThan(2e-6);
    expect(layerNorm(large, [1])).toBeLessThan(TOLERANCE);
    expect(groupNorm(large, 2)).toBeLessThan(2e-6);
  });
});

describe("rows that are scattered over a map larger than the caches", () => {
  const small = { ...usual, caches: { ...usual.caches, l1: 4096, l2: 1024 } };

  test.each(orders)("%s", (order) => {
    const given = (shape: MapShape): Map => ({ shape, from: order, to: order, machine: small });
    expect(plainInstanceNorm(given([2, 40, 9, 11]))).toBeLessThan(TOLERANCE);
    expect(instanceNorm({ ...given([1, 67, 9, 11]), relu: true })).toBeLessThan(TOLERANCE);
    expect(adain(given([2, 36, 7, 8]))).toBeLessThan(TOLERANCE);
    expect(groupNorm(given([1, 64, 9, 5]), 8)).toBeLessThan(TOLERANCE);
    expect(groupNorm(given([2, 64, 9, 5]), 32)).toBeLessThan(TOLERANCE);
    expect(groupNorm(given([1, 96, 9, 5]), 6)).toBeLessThan(TOLERANCE);
    expect(layerNorm(given([2, 24, 9, 5]), [2, 3])).toBeLessThan(TOLERANCE);
    expect(plainInstanceNorm({ ...given([1, 64, 61, 67]), mean: 1000 })).toBeLessThan(2e-6);
  });

  test("shared out among threads where there is one image", () => {
    const two = { ...small, threads: 2 };
    for (const channels of [32, 36, 67, 128]) {
      const shape: MapShape = [1, channels, 9, 7];
      const given: Map = { shape, from: "last", to: "last", machine: two };
      expect(instanceNorm(given)).toBeLessThan(TOLERANCE);
    }
  });
});

test("from and to different layouts, for random shapes", () => {
  fc.assert(
    fc.property(anyMapShape, anyOrder, anyOrder, fc.boolean(), (shape, from, to, relu) => {
      fc.pre(shape[2] * shape[3] > 1);
      expect(instanceNorm({ shape, from, to, relu })).toBeLessThan(TOLERANCE);
      expect(layerNorm({ shape, from, to, relu }, [1, 2, 3])).toBeLessThan(TOLERANCE);
    }),
    { numRuns: 30 },
  );
});

test("one pixel far from all others, in a map that is constant otherwise", () => {
  const shape: MapShape = [1, 1, 64, 64];
  const operand = operandIn("first", shape);
  const values = new Float32Array(64 * 64).fill(3);
  values[32 * 64 + 32] = 5000;
  const problem = { shape, folded: [false, false, true, true], input: operand, output: operand };
  const got = runKernel(
    normalization({ ...problem, eps: EPS }, usual),
    [{ shape, operand, values }],
    { shape, operand },
  );
  const expected = referenceOf("instance_norm", { num_features: null, eps: EPS, affine: false }, [
    { shape, data: Float64Array.from(values) },
  ]);
  expect(errorOf(got, expected)).toBeLessThan(1e-5);
});
