import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type WinogradTile,
  winogradConvolution,
  winogradInputSize,
  winogradScratch,
} from "../../src/kernels/convolution/winograd/winograd.ts";
import { winogradApplies, winogradPools } from "../../src/kernels/convolution/winograd/axis.ts";
import { winograd } from "../../src/kernels/convolution/winograd/matrices.ts";
import {
  packWinograd,
  winogradExpansion,
  winogradPackedLength,
} from "../../src/kernels/convolution/winograd/pack.ts";
import type { ConvolutionProblem } from "../../src/kernels/convolution/problem.ts";
import type { Machine } from "../../src/kernels/machine.ts";
import { wasmMachine } from "../../src/targets/wasm/machine.ts";
import { prepareKernel, randomFloats } from "./harness.ts";
import {
  type Case,
  anyCase,
  edgeCases,
  errorOf,
  problemOf,
  tolerances,
} from "./convolution-suite.ts";

const machine = wasmMachine({ relaxedSimd: true, threads: 1 });

function errorWith(given: Case, tile: WinogradTile, threads = 1): number {
  const problem = problemOf(given, winogradInputSize);
  const { v, m } = winogradScratch(problem, tile, machine);
  return errorOf(
    problem,
    (weights) => ({
      kernel: winogradConvolution(problem, tile, machine),
      weights: packWinograd(problem, tile, machine, weights),
      scratch: [v, m],
      threads,
    }),
    winogradInputSize(problem),
  );
}

/** What the expansion's kernels make of plain weights, part by part as a loader does it. */
function expanded(problem: ConvolutionProblem, tile: WinogradTile, target: Machine): Float32Array {
  const plain = plainWeights(problem);
  const result = new Float32Array(winogradPackedLength(problem, tile, target));
  const { vectorWidth } = target;
  let from = 0;
  for (const { kernel, elements, to } of winogradExpansion(problem, tile, target)) {
    const part = plain.subarray(from, from + elements);
    const { views, run } = prepareKernel(kernel, [part, result.length - to], {
      relaxedFma: false,
      threads: 1,
      vectorWidth,
    });
    run();
    views[1].forEach((value, i) => {
      if (!Number.isNaN(value)) result[to + i] = value;
    });
    from += elements;
  }
  expect(from).toBe(plain.length);
  return result;
}

function plainWeights({ outChannels, inChannels, groups, kernel }: ConvolutionProblem) {
  return randomFloats((outChannels * inChannels * kernel[0] * kernel[1]) / groups, 7);
}

type Outputs = 2 | 3 | 4 | 5 | 6;

/** Whether Winograd computes this at all; it wants vectors of channels. */
const applies = (given: Case, outputs: number): boolean =>
  given.input !== "first" && winogradApplies(problemOf(given), outputs);

const tileOf = (outputs: Outputs, groups = 1): WinogradTile => ({
  outputs,
  block: 12,
  pixels: 6,
  vectors: 2,
  group: 3,
  unroll: 4,
  prefetch: false,
  share: groups > 1 ? "groups" : "tiles",
});

test("the matrices of F(2, 3) and F(4, 3) are those of Lavin and Gray up to signs", () => {
  const { inputTransform, filterTransform, outputTransform } = winograd(4, 3);
  expect(inputTransform).toEqual([
    [0, 4, 0, -5, 0, 1],
    [4, 0, -5, 0, 1, 0],
    [0, -4, -4, 1, 1, 0],
    [0, 4, -4, -1, 1, 0],
    [0, -2, -1, 2, 1, 0],
    [0, 2, -1, -2, 1, 0],
  ]);
  expect(filterTransform.map((row) => row.map((g) => Math.round(24 * g)))).toEqual([
    [0, 0, 24],
    [6, 0, 0],
    [-4, -4, -4],
    [-4, 4, -4],
    [1, 2, 4],
    [1, -2, 4],
  ]);
  expect(outputTransform).toEqual([
    [0, 1, 1, 1, 1, 1],
    [0, 0, 1, -1, 2, -2],
    [0, 0, 1, 1, 4, 4],
    [1, 0, 1, -1, 8, -8],
  ]);
  expect(winograd(2, 3).outputTransform).toEqual([
    [0, 1, 1, 1],
    [1, 0, 1, -1],
  ]);
});

test("a smaller form takes the first points of a larger one's filters", () => {
  const { filterTransform } = winograd(4, 3);
  expect(winograd(2, 3, 4).filterTransform).toEqual(filterTransform.slice(0, 4));
});

const strided: readonly Case[] = [
  { inChannels: 3, outChannels: 16, kernel: [7, 7], stride: [2, 2], outputSize: [8, 10] },
  { inChannels: 16, outChannels: 24, kernel: [3, 3], stride: [2, 2], outputSize: [14, 14] },
  { inChannels: 5, outChannels: 8, kernel: [5, 5], stride: [2, 2], outputSize: [7, 9] },
  { inChannels: 4, outChannels: 8, kernel: [11, 11], stride: [4, 4], outputSize: [5, 6] },
  { inChannels: 4, outChannels: 8, kernel: [3, 5], stride: [3, 2], outputSize: [5, 6] },
  { inChannels: 4, outChannels: 8, kernel: [2, 3], stride: [3, 1], outputSize: [5, 6] },
];

const dilated: readonly Case[] = [
  { inChannels: 8, outChannels: 8, kernel: [3, 3], dilation: [2, 2], outputSize: [16, 14] },
  { inChannels: 8, outChannels: 8, kernel: [3, 3], dilation: [4, 4], outputSize: [14, 33] },
  { inChannels: 4, outChannels: 8, kernel: [3, 3], dilation: [2, 3], outputSize: [3, 2] },
];

const grouped: readonly Case[] = [
  {
    batch: 2,
    inChannels: 24,
    outChannels: 12,
    groups: 4,
    kernel: [3, 3],
    outputSize: [7, 9],
    bias: true,
    residual: true,
    output: "last exact",
  },
  { inChannels: 8, outChannels: 8, groups: 8, kernel: [3, 3], outputSize: [6, 6] },
];

const rectangular: readonly Case[] = [
  { inChannels: 8, outChannels: 8, kernel: [1, 3], outputSize: [6, 9] },
  { inChannels: 8, outChannels: 8, kernel: [3, 2], outputSize: [6, 9] },
];

describe.each([2, 3, 4, 5, 6] as const)("winograd F(%i) equals the definition", (outputs) => {
  const cases: readonly Case[] = [
    ...edgeCases,
    ...strided,
    ...dilated,
    ...grouped,
    ...rectangular,
    { inChannels: 64, outChannels: 64, kernel: [3, 3], outputSize: [9, 22], bias: true },
    {
      batch: 3,
      inChannels: 9,
      outChannels: 13,
      kernel: [3, 3],
      outputSize: [4, 4],
      residual: true,
      activation: "relu",
    },
  ];
  test.each(cases.filter((given) => applies(given, outputs)))("%j", (given) => {
    const tile = tileOf(outputs, given.groups);
    expect(errorWith(given, tile, 3)).toBeLessThan(tolerances[`winograd${outputs}`]);
    const share = (given.groups ?? 1) > 1 ? "groups" : "channels";
    const shared = { ...tile, share, vectors: 3, pixels: 4, prefetch: true } as const;
    expect(errorWith(given, shared)).toBeLessThan(tolerances[`winograd${outputs}`]);
    expect(errorWith(given, { ...tile, block: 1000 }, 2)).toBeLessThan(
      tolerances[`winograd${outputs}`],
    );
  });

  test.each<Case>([
    { inChannels: 9, outChannels: 13, kernel: [3, 3], outputSize: [8, 8], pool: "max", bias: true },
    { inChannels: 4, outChannels: 8, kernel: [3, 3], outputSize: [13, 11], pool: "mean" },
    { inChannels: 3, outChannels: 5, kernel: [3, 3], outputSize: [3, 2], pool: "max", batch: 5 },
    {
      inChannels: 8,
      outChannels: 8,
      kernel: [3, 3],
      stride: [2, 2],
      outputSize: [6, 7],
      pool: "mean",
      residual: true,
      activation: "relu",
    },
  ])("pooled: %j", (given) => {
    if (!winogradPools(problemOf(given), outputs)) {
      expect(outputs % 2).toBe(1);
      return;
    }
    expect(errorWith(given, tileOf(outputs))).toBeLessThan(tolerances[`winograd${outputs}`]);
  });

  test.each([4, 8])("vectors of %i: kernels pack the weights alike", (vectorWidth) => {
    const target = { ...machine, vectorWidth };
    for (const given of cases.filter((one) => applies(one, outputs))) {
      const problem = problemOf(given, winogradInputSize);
      const tile = { ...tileOf(outputs, given.groups), vectors: 2 };
      const packed = packWinograd(problem, tile, target, plainWeights(problem));
      const found = expanded(problem, tile, target);
      const largest = packed.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const off = packed.reduce((most, v, i) => Math.max(most, Math.abs(v - found[i])), 0);
      expect(off / largest).toBeLessThan(1e-6);
    }
  });

  test("for random problems, pooled where windows lie within tiles", () => {
    const pool = fc.constantFrom(undefined, "max" as const, "mean" as const);
    fc.assert(
      fc.property(anyCase, fc.constantFrom(1, 5, 100), pool, (given, block, kind) => {
        fc.pre(applies(given, outputs));
        const tile = { ...tileOf(outputs, given.groups), block };
        const pools =
          given.outputSize.every((n) => n > 1) && winogradPools(problemOf(given), outputs);
        const pooled = kind !== undefined && pools ? { ...given, pool: kind } : given;
        expect(errorWith(pooled, tile)).toBeLessThan(tolerances[`winograd${outputs}`]);
      }),
      { numRuns: 60 },
    );
  });
});
