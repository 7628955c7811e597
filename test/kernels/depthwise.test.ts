import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  depthwiseConvolution,
  depthwiseTile,
  packDepthwise,
} from "../../src/kernels/convolution/depthwise.ts";
import { wasmMachine } from "../../src/targets/wasm/machine.ts";
import { type Case, anyCase, errorOf, problemOf } from "./convolution-suite.ts";

const machine = wasmMachine({ relaxedSimd: true, threads: 1 });
const TOLERANCE = 1e-6;

function errorWith(given: Case): number {
  const problem = problemOf(given);
  return errorOf(problem, (weights) => ({
    kernel: depthwiseConvolution(problem, depthwiseTile(problem, machine), machine),
    weights: packDepthwise(problem, machine, weights),
  }));
}

const channels = (count: number) => ({ inChannels: count, outChannels: count, groups: count });

describe("depthwise convolution equals its definition", () => {
  const cases: readonly Case[] = [
    { ...channels(1), kernel: [1, 1], outputSize: [1, 1] },
    { ...channels(32), kernel: [3, 3], outputSize: [14, 14], bias: true, activation: "relu" },
    { ...channels(7), kernel: [3, 3], stride: [2, 2], outputSize: [9, 17], bias: true },
    { ...channels(67), batch: 3, kernel: [5, 5], outputSize: [3, 20], residual: true },
    { ...channels(6), kernel: [7, 7], outputSize: [5, 11], input: "last exact" },
    { ...channels(6), kernel: [3, 3], outputSize: [5, 5], output: "first" },
    { ...channels(5), kernel: [3, 4], dilation: [2, 3], outputSize: [4, 9], output: "last exact" },
  ];
  test.each(cases)("%j", (given) => {
    expect(errorWith(given)).toBeLessThan(TOLERANCE);
  });

  test("for random problems", () => {
    fc.assert(
      fc.property(anyCase, (given) => {
        fc.pre(given.input !== "first");
        expect(errorWith({ ...given, ...channels(given.inChannels) })).toBeLessThan(TOLERANCE);
      }),
      { numRuns: 40 },
    );
  });
});
