import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type DirectTile,
  directConvolution,
  packDirect,
} from "../../src/kernels/convolution/direct.ts";
import type { ConvolutionProblem } from "../../src/kernels/convolution/problem.ts";
import { wasmMachine } from "../../src/targets/wasm/machine.ts";
import { anyCase, edgeCases, errorOf, problemOf } from "./convolution-suite.ts";

const machine = wasmMachine({ relaxedSimd: true, threads: 1 });
/** A float32 sum of n terms is off by less than n/2 units in the last place of its size. */
const TOLERANCE = 1e-6;

const errorWith = (problem: ConvolutionProblem, tile: DirectTile): number =>
  errorOf(problem, (weights) => ({
    kernel: directConvolution(problem, tile, machine),
    weights: packDirect(problem, tile, machine, weights),
  }));

const square: DirectTile = {
  pixels: 6,
  vectors: 2,
  unroll: 4,
  block: 64,
  share: "pixels",
  order: "by step",
  prefetch: true,
};
const wide: DirectTile = {
  pixels: 2,
  vectors: 5,
  unroll: 3,
  block: 1e9,
  share: "channels",
  order: "by vector",
  prefetch: false,
};

describe("direct convolution equals its definition", () => {
  test.each(edgeCases)("%j", (given) => {
    const problem = problemOf(given);
    expect(errorWith(problem, square)).toBeLessThan(TOLERANCE);
    expect(errorWith(problem, wide)).toBeLessThan(TOLERANCE);
  });

  test("for random problems and tiles", () => {
    const tile = fc.record({
      pixels: fc.integer({ min: 1, max: 8 }),
      vectors: fc.integer({ min: 1, max: 6 }),
      unroll: fc.integer({ min: 1, max: 8 }),
      block: fc.constantFrom(1, 10, 50, 1e9),
      share: fc.constantFrom("pixels" as const, "channels" as const),
      order: fc.constantFrom("by step" as const, "by vector" as const),
      prefetch: fc.boolean(),
    });
    fc.assert(
      fc.property(anyCase, tile, (given, chosen) => {
        expect(errorWith(problemOf(given), chosen)).toBeLessThan(TOLERANCE);
      }),
      { numRuns: 60 },
    );
  });
});
