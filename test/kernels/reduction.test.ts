import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Operand } from "../../src/kernels/operand.ts";
import { rowMajor } from "../../src/kernels/operand.ts";
import { reduction } from "../../src/kernels/reduction.ts";
import { wasmMachine } from "../../src/targets/wasm/machine.ts";
import { type MapShape, type Order, anyMapShape, anyOrder, operandIn } from "./layouts.ts";
import { errorOf, randomTensor, referenceOf, runKernel } from "./memory.ts";

const machine = wasmMachine({ relaxedSimd: true, threads: 1 });
const TOLERANCE = 1e-6;

function errorOfMean(
  shape: readonly number[],
  axes: readonly number[],
  from: Operand,
  to: Operand,
): number {
  const x = randomTensor(shape, 1, 0, 1);
  const folded = shape.map((_, axis) => axes.includes(axis));
  const kept = shape.map((size, axis) => (folded[axis] ? 1 : size));
  const got = runKernel(
    reduction({ kind: "mean", shape, folded, from, to }, machine),
    [{ shape, operand: from, values: x.values }],
    { shape: kept, operand: to },
  );
  return errorOf(got, referenceOf("mean", { axes, keepdim: true }, [x.tensor]));
}

const someAxes = (rank: number) =>
  fc.subarray([...Array(rank).keys()], { minLength: 1, maxLength: rank });

test("means of maps over any axes, from any layout", () => {
  const given = fc.record({
    shape: anyMapShape,
    axes: someAxes(4),
    from: anyOrder,
    to: anyOrder,
    margin: fc.boolean(),
  });
  fc.assert(
    fc.property(given, ({ shape, axes, from, to, margin }) => {
      const size = (axis: number): number => (axes.includes(axis) ? 1 : shape[axis]);
      const kept: MapShape = [size(0), size(1), size(2), size(3)];
      const error = errorOfMean(shape, axes, operandIn(from, shape, margin), operandIn(to, kept));
      expect(error).toBeLessThan(TOLERANCE);
    }),
    { numRuns: 100 },
  );
});

test("means of tensors of any rank", () => {
  const given = fc
    .array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 })
    .chain((shape) => fc.tuple(fc.constant(shape), someAxes(shape.length)));
  fc.assert(
    fc.property(given, ([shape, axes]) => {
      const kept = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
      expect(errorOfMean(shape, axes, rowMajor(shape), rowMajor(kept))).toBeLessThan(TOLERANCE);
    }),
    { numRuns: 60 },
  );
});

test.each([
  ["last", [1, 5, 161, 203]],
  ["slice", [2, 18, 40, 40]],
  ["first", [1, 2, 301, 303]],
] as const satisfies readonly (readonly [Order, MapShape])[])(
  "rows that are summed in blocks, %s",
  (order, shape) => {
    const kept: MapShape = [shape[0], shape[1], 1, 1];
    const error = errorOfMean(shape, [2, 3], operandIn(order, shape), operandIn(order, kept));
    expect(error).toBeLessThan(TOLERANCE);
  },
);
