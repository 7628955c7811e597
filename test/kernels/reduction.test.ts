import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Operand } from "../../src/kernels/loops/operand.ts";
import { rowMajor } from "../../src/kernels/loops/operand.ts";
import { reduction } from "../../src/kernels/statistics/reduction.ts";
import { wasmMachine } from "../../src/targets/wasm/machine.ts";
import { layerOf } from "../layers/arguments.ts";
import { type MapShape, type Order, anyMapShape, anyOrder, operandIn } from "./layouts.ts";
import { errorOf, randomTensor, referenceOf, runKernel } from "./memory.ts";

const machine = wasmMachine({ relaxedSimd: true, threads: 1 });
/** Of products of a few thousand factors too, each of which is rounded. */
const TOLERANCE = 1e-5;

const REDUCTIONS: readonly { readonly kind: string; readonly p?: number }[] = [
  { kind: "mean" },
  { kind: "sum" },
  { kind: "amax" },
  { kind: "amin" },
  { kind: "prod" },
  { kind: "logsumexp" },
  { kind: "norm", p: 3 },
];

const anyReduction = fc.constantFrom(...REDUCTIONS);

function errorOfReduction(
  { kind, ...parameters }: (typeof REDUCTIONS)[number],
  shape: readonly number[],
  axes: readonly number[],
  from: Operand,
  to: Operand,
): number {
  const attributes = { axes, keepdim: true, ...parameters };
  const operation = layerOf(kind).lowering.operation(attributes, [shape]);
  if (operation.family !== "reduce") throw new Error(`${kind} is no reduction`);
  const { reduce, each, final } = operation;
  // Near 1, so that products stay in range.
  const x = randomTensor(shape, 1, 0.98, 1.02);
  const folded = shape.map((_, axis) => axes.includes(axis));
  const kept = shape.map((size, axis) => (folded[axis] ? 1 : size));
  const problem = {
    kind: reduce,
    shape,
    folded,
    from,
    to,
    ...(each && { each }),
    ...(final && { final }),
  };
  const got = runKernel(reduction(problem, machine), [{ shape, operand: from, values: x.values }], {
    shape: kept,
    operand: to,
  });
  return errorOf(got, referenceOf(kind, attributes, [x.tensor]));
}

const someAxes = (rank: number) =>
  fc.subarray([...Array(rank).keys()], { minLength: 1, maxLength: rank });

test("maps over any axes, from any layout", () => {
  const given = fc.record({
    kind: anyReduction,
    shape: anyMapShape,
    axes: someAxes(4),
    from: anyOrder,
    to: anyOrder,
    margin: fc.boolean(),
  });
  fc.assert(
    fc.property(given, ({ kind, shape, axes, from, to, margin }) => {
      const size = (axis: number): number => (axes.includes(axis) ? 1 : shape[axis]);
      const kept: MapShape = [size(0), size(1), size(2), size(3)];
      const error = errorOfReduction(
        kind,
        shape,
        axes,
        operandIn(from, shape, margin),
        operandIn(to, kept),
      );
      expect(error).toBeLessThan(TOLERANCE);
    }),
    { numRuns: 200 },
  );
});

test("tensors of any rank", () => {
  const given = fc
    .array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 })
    .chain((shape) => fc.tuple(anyReduction, fc.constant(shape), someAxes(shape.length)));
  fc.assert(
    fc.property(given, ([kind, shape, axes]) => {
      const kept = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
      const error = errorOfReduction(kind, shape, axes, rowMajor(shape), rowMajor(kept));
      expect(error).toBeLessThan(TOLERANCE);
    }),
    { numRuns: 120 },
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
    const [from, to] = [operandIn(order, shape), operandIn(order, kept)];
    for (const kind of REDUCTIONS) {
      if (kind.kind === "prod") continue;
      const error = errorOfReduction(kind, shape, [2, 3], from, to);
      expect(error, kind.kind).toBeLessThan(TOLERANCE);
    }
  },
);
