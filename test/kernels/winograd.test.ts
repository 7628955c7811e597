import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type WinogradTile,
  winogradConvolution,
  winogradInputSize,
  winogradScratch,
} from "../../src/kernels/convolution/winograd.ts";
import { packWinograd } from "../../src/kernels/convolution/winograd-pack.ts";
import { winograd } from "../../src/kernels/convolution/winograd-matrices.ts";
import { wasmMachine } from "../../src/targets/wasm/machine.ts";
import { type Case, anyCase, edgeCases, errorOf, problemOf } from "./convolution-suite.ts";

const machine = wasmMachine({ relaxedSimd: true, threads: 1 });

function errorWith(given: Case, tile: WinogradTile): number {
  const inputSize = (problem: ReturnType<typeof problemOf>) =>
    winogradInputSize(problem, tile.outputs);
  const problem = problemOf(given, inputSize);
  const { v, m } = winogradScratch(problem, tile, machine);
  return errorOf(
    problem,
    (weights) => ({
      kernel: winogradConvolution(problem, tile, machine),
      weights: packWinograd(problem, tile, machine, weights),
      scratch: [v, m],
    }),
    inputSize(problem),
  );
}

/** Whether Winograd computes this at all: stride 1, square kernel, vectors of channels. */
const applies = (given: Case): boolean =>
  (given.groups ?? 1) === 1 &&
  [...(given.stride ?? [1]), ...(given.dilation ?? [1])].every((n) => n === 1) &&
  given.kernel[0] === given.kernel[1] &&
  given.kernel[0] > 1 &&
  given.input !== "first";

const tolerances = { 2: 2e-6, 4: 1e-5 };
const tileOf = (outputs: 2 | 4): WinogradTile => ({
  outputs,
  block: 12,
  pixels: 6,
  vectors: 2,
  group: 3,
  unroll: 4,
  prefetch: false,
  share: "tiles",
});

test("the matrices of F(2, 3) and F(4, 3) are those of Lavin and Gray up to signs", () => {
  const { inputTransform, filterTransform, outputTransform } = winograd(4, 3);
  expect(inputTransform).toEqual([
    [4, 0, -5, 0, 1, 0],
    [0, -4, -4, 1, 1, 0],
    [0, 4, -4, -1, 1, 0],
    [0, -2, -1, 2, 1, 0],
    [0, 2, -1, -2, 1, 0],
    [0, 4, 0, -5, 0, 1],
  ]);
  expect(filterTransform.map((row) => row.map((g) => Math.round(24 * g)))).toEqual([
    [6, 0, 0],
    [-4, -4, -4],
    [-4, 4, -4],
    [1, 2, 4],
    [1, -2, 4],
    [0, 0, 24],
  ]);
  expect(outputTransform).toEqual([
    [1, 1, 1, 1, 1, 0],
    [0, 1, -1, 2, -2, 0],
    [0, 1, 1, 4, 4, 0],
    [0, 1, -1, 8, -8, 1],
  ]);
  expect(winograd(2, 3).outputTransform).toEqual([
    [1, 1, 1, 0],
    [0, 1, -1, 1],
  ]);
});

describe.each([2, 4] as const)("winograd F(%i) equals the definition", (outputs) => {
  const cases: readonly Case[] = [
    ...edgeCases.filter((given) => applies(given) && given.kernel[0] === 3),
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
  test.each(cases)("%j", (given) => {
    const tile = tileOf(outputs);
    expect(errorWith(given, tile)).toBeLessThan(tolerances[outputs]);
    const other = { share: "channels", vectors: 3, pixels: 4, prefetch: true } as const;
    const shared = { ...tile, ...other };
    expect(errorWith(given, shared)).toBeLessThan(tolerances[outputs]);
  });

  test("for random problems", () => {
    fc.assert(
      fc.property(anyCase, fc.constantFrom(1, 5, 100), (given, block) => {
        const square: Case = {
          ...given,
          groups: 1,
          kernel: [3, 3],
          stride: [1, 1],
          dilation: [1, 1],
        };
        fc.pre(square.input !== "first");
        expect(errorWith(square, { ...tileOf(outputs), block })).toBeLessThan(tolerances[outputs]);
      }),
      { numRuns: 30 },
    );
  });
});

test("F(2, 5) equals the definition", () => {
  const given: Case = { inChannels: 6, outChannels: 16, kernel: [5, 5], outputSize: [10, 10] };
  expect(errorWith(given, tileOf(2))).toBeLessThan(1e-5);
});
