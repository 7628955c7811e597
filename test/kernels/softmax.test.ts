import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Operand, rowMajor } from "../../src/kernels/loops/operand.ts";
import { tensor } from "../../src/graph/tensor.ts";
import { softmax } from "../../src/kernels/statistics/softmax.ts";
import { wasmMachine } from "../../src/targets/wasm/machine.ts";
import { anyMapShape, anyOrder, operandIn } from "./layouts.ts";
import { prepareKernel } from "./harness.ts";
import { errorOf, randomTensor, referenceOf, runKernel } from "./memory.ts";

const machine = wasmMachine({ relaxedSimd: true, threads: 1 });
/** That of the exponential and of a sum. */
const TOLERANCE = 1e-6;

const kinds = ["softmax", "log_softmax"] as const;

function errorOfSoftmax(
  kind: (typeof kinds)[number],
  shape: readonly number[],
  axis: number,
  input: Operand,
  output: Operand,
  [low, high]: readonly [number, number] = [-8, 8],
): number {
  const x = randomTensor(shape, 1, low, high);
  const got = runKernel(
    softmax({ kind, shape, axis, input, output }, machine),
    [{ shape, operand: input, values: x.values }],
    { shape, operand: output },
  );
  return errorOf(got, referenceOf(kind, { axis }, [x.tensor]));
}

/** Rows of a matrix that is long enough for exponentials of scores as they are. */
const ROWS = 70;
const SCORES = 67;

describe("of many scores", () => {
  /** What a single row among others holds, from scores between -8 and 8. */
  const rows: Readonly<Record<string, (score: number, at: number) => number>> = {
    "are no others": (score) => score,
    "reach as far as exponentials do": (score) => score * 5.4,
    overflow: (score, at) => (at === 13 ? 1000 : score),
    "all overflow": (score) => score + 100,
    "all underflow": (score) => score - 100,
    "are just too large": (score) => score + 37,
    "are just too small": (score) => score - 37,
    "have a mask": (score, at) => (at % 3 === 0 ? -1e9 : score),
    "have an infinite mask": (score, at) => (at % 3 === 0 ? -Infinity : score),
    "are huge, of both signs": (score) => score * 1e37,
    "make a place of zero": (score, at) => (at === 5 ? -5814584.5 : score - 36),
    "have one that is no number": (score, at) => (at === 66 ? Number.NaN : score),
  };
  const forms = [
    { relaxedSimd: true, wide: false },
    { relaxedSimd: false, wide: false },
    { relaxedSimd: true, wide: true },
  ];

  describe.each(forms)("with %o", ({ relaxedSimd, wide }) => {
    test.each(Object.keys(rows))("which %s", (name) => {
      const shape = [ROWS, SCORES];
      const x = randomTensor(shape, 1, -8, 8).values.map((score, i) => {
        const [row, at] = [Math.floor(i / SCORES), i % SCORES];
        return row === 41 ? rows[name](score, at) : score;
      });
      const operand = rowMajor(shape);
      const own = wasmMachine({ relaxedSimd, wide, threads: 1 });
      const made = softmax(
        { kind: "softmax", shape, axis: 1, input: operand, output: operand },
        own,
      );
      const prepared = prepareKernel(made, [x, x.length], {
        relaxedFma: relaxedSimd,
        vectorWidth: own.vectorWidth,
      });
      prepared.run();
      const wanted = referenceOf("softmax", { axis: 1 }, [tensor(shape, x)]).data;
      prepared.views[1].forEach((value, i) => {
        if (Object.is(value, Math.fround(wanted[i]))) return;
        // Digits of an exponential are lost with those of a difference of large scores.
        expect(Math.abs(value - wanted[i])).toBeLessThan(2e-6 * wanted[i] + 1e-36);
      });
    });
  });
});

describe.each(kinds)("%s", (kind) => {
  test.each([1, 2, 3, 4, 5, 10, 67, 1000])("of vectors of %i scores", (scores) => {
    const operand = rowMajor([3, scores]);
    expect(errorOfSoftmax(kind, [3, scores], 1, operand, operand)).toBeLessThan(TOLERANCE);
  });

  test("of scores whose exponentials overflow", () => {
    const operand = rowMajor([2, 40]);
    const range = [900, 1000] as const;
    expect(errorOfSoftmax(kind, [2, 40], 1, operand, operand, range)).toBeLessThan(TOLERANCE);
  });

  test("along any axis of any layout", () => {
    fc.assert(
      fc.property(
        anyMapShape,
        fc.nat(3),
        fc.tuple(anyOrder, anyOrder),
        fc.boolean(),
        (shape, axis, [from, to], margin) => {
          const [input, output] = [operandIn(from, shape, margin), operandIn(to, shape)];
          expect(errorOfSoftmax(kind, shape, axis, input, output)).toBeLessThan(TOLERANCE);
        },
      ),
      { numRuns: 60 },
    );
  });
});
