import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { directConvolution } from "../../src/kernels/convolution/direct/direct.ts";
import { packDirect } from "../../src/kernels/convolution/direct/pack.ts";
import type { DirectTile } from "../../src/kernels/convolution/direct/tile.ts";
import type { ConvolutionProblem } from "../../src/kernels/convolution/problem.ts";
import { wasmMachine } from "../../src/targets/wasm/machine.ts";
import { anyCase, edgeCases, errorOf, problemOf } from "./convolution-suite.ts";

/** A float32 sum of n terms is off by less than n/2 units in the last place of its size. */
const TOLERANCE = 1e-6;

function errorWith(problem: ConvolutionProblem, tile: DirectTile, threads = 1): number {
  const machine = wasmMachine({ relaxedSimd: true, threads });
  return errorOf(problem, (weights) => ({
    kernel: directConvolution(problem, tile, machine),
    weights: packDirect(problem, tile, machine, weights),
    threads,
  }));
}

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
      fc.property(anyCase, tile, fc.integer({ min: 1, max: 3 }), (given, chosen, threads) => {
        expect(errorWith(problemOf(given), chosen, threads)).toBeLessThan(TOLERANCE);
      }),
      { numRuns: 60 },
    );
  });
});
