import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Operand, rowMajor } from "../../src/kernels/loops/operand.ts";
import { softmax } from "../../src/kernels/statistics/softmax.ts";
import { wasmMachine } from "../../src/targets/wasm/machine.ts";
import { anyMapShape, anyOrder, operandIn } from "./layouts.ts";
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
