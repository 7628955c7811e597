import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { winogradRows } from "../../src/kernels/convolution/winograd-rows/kernel.ts";
import { packWinogradRows } from "../../src/kernels/convolution/winograd-rows/pack.ts";
import {
  winogradRowsInputSize,
  winogradRowsScratch,
} from "../../src/kernels/convolution/winograd-rows/step.ts";
import { stripsOf } from "../../src/kernels/convolution/winograd-rows/strips.ts";
import { wasmMachine } from "../../src/targets/wasm/machine.ts";
import { type Case, anyCase, edgeCases, errorOf, problemOf } from "./convolution-suite.ts";

const machine = wasmMachine({ relaxedSimd: true, threads: 1 });
/** With nine points errors are largest; `docs/performance.md` has those of real layers. */
const TOLERANCE = 1e-5;

function errorWith(given: Case, outputs: number, threads = 1): number {
  const team = { ...machine, threads };
  const problem = problemOf(given, (shape) => winogradRowsInputSize(shape, outputs));
  return errorOf(
    problem,
    (weights) => ({
      kernel: winogradRows(problem, outputs, team),
      weights: packWinogradRows(problem, outputs, weights),
      scratch: Object.values(winogradRowsScratch(problem, outputs, team)),
      threads,
    }),
    winogradRowsInputSize(problem, outputs),
  );
}

/** Whether filtering along rows computes this at all. */
const applies = (given: Case): boolean =>
  (given.groups ?? 1) === 1 &&
  [...(given.stride ?? [1]), ...(given.dilation ?? [1])].every((n) => n === 1) &&
  given.kernel[1] > 1;

describe("winograd along rows equals the definition", () => {
  const lenet: Case = {
    batch: 4,
    inChannels: 6,
    outChannels: 16,
    kernel: [5, 5],
    outputSize: [10, 10],
    bias: true,
    activation: "relu",
  };
  const cases: readonly Case[] = [
    ...edgeCases.filter(applies),
    { ...lenet, pool: "max" },
    { ...lenet, pool: "mean", batch: 1 },
    // A last odd row and column are left out.
    { ...lenet, pool: "max", batch: 5, outputSize: [11, 13], output: "last exact" },
    { ...lenet, pool: "mean", batch: 2, inChannels: 1, input: "first", output: "first" },
    { ...lenet, residual: true, outChannels: 7, batch: 3 },
    { ...lenet, kernel: [1, 3], inChannels: 9 },
    { ...lenet, kernel: [7, 7], inChannels: 3, input: "last exact", outputSize: [5, 9] },
  ];
  test.each(cases)("%j", (given) => {
    for (const outputs of [2, 3, 4, 5]) {
      if (outputs + given.kernel[1] - 1 > 9) continue;
      expect(errorWith(given, outputs)).toBeLessThan(TOLERANCE);
    }
  });

  test("for random problems", () => {
    const outputsOfTile = fc.integer({ min: 2, max: 5 });
    const threads = fc.constantFrom(1, 1, 2, 3);
    const pool = fc.constantFrom(undefined, "max" as const, "mean" as const);
    fc.assert(
      fc.property(anyCase, outputsOfTile, pool, threads, (given, outputs, kind, team) => {
        const plain: Case = { ...given, groups: 1, stride: [1, 1], dilation: [1, 1] };
        fc.pre(applies(plain));
        const pools = kind !== undefined && plain.outputSize.every((size) => size > 1);
        const chosen = pools ? { ...plain, pool: kind, residual: false } : plain;
        expect(errorWith(chosen, outputs, team)).toBeLessThan(TOLERANCE);
      }),
      { numRuns: 40 },
    );
  });
});

describe("strips", () => {
  test("are images where there are enough, and else rows of every image", () => {
    const size = [28, 28] as const;
    expect(stripsOf({ batch: 32, outputSize: size }, machine, true)).toEqual({
      count: 8,
      parts: 1,
      rows: 28,
      lanes: [0, 8, 16, 24].map((image) => ({ image, row: 0 })),
    });
    expect(stripsOf({ batch: 1, outputSize: size }, machine, true)).toEqual({
      count: 1,
      parts: 1,
      rows: 8,
      lanes: [0, 8, 16, 20].map((row) => ({ image: 0, row })),
    });
  });

  test("cover every row of every image", () => {
    const size = fc.integer({ min: 1, max: 40 });
    const threads = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(size, size, fc.boolean(), threads, (batch, height, pooled, team) => {
        fc.pre(!pooled || height > 1);
        const given = { batch, outputSize: [height, 1] as const };
        const { count, parts, rows, lanes } = stripsOf(
          given,
          { ...machine, threads: team },
          pooled,
        );
        const covered = new Set<string>();
        for (const { image, row } of lanes) {
          expect([row % (pooled ? 2 : 1), rows % (pooled ? 2 : 1)]).toEqual([0, 0]);
          for (let n = image; n < image + count; n++) {
            for (let y = row; y < row + parts * rows; y++) covered.add(`${n}, ${y}`);
          }
        }
        const wanted = pooled ? height - (height % 2) : height;
        const all = Array.from({ length: batch * wanted }, (_, i) =>
          [Math.floor(i / wanted), i % wanted].join(", "),
        );
        expect([...covered].sort()).toEqual(all.sort());
      }),
    );
  });
});
