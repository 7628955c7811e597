import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Operand } from "../../src/kernels/loops/operand.ts";
import { rowMajor } from "../../src/kernels/loops/operand.ts";
import { reduction } from "../../src/kernels/statistics/reduction.ts";
import { wasmMachine } from "../../src/targets/wasm/machine.ts";
import { layerOf } from "../layers/arguments.ts";
import { type MapShape, type Order, anyMapShape, anyOrder, operandIn } from "./layouts.ts";
import { prepareKernel, randomFloats } from "./harness.ts";
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
  on = machine,
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
  const got = runKernel(reduction(problem, on), [{ shape, operand: from, values: x.values }], {
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

/** Whose second-level cache holds a few rows of a small map. */
const small = { ...machine, caches: { ...machine.caches, l2: 1024 } };

test.each([
  ["last", [2, 40, 5, 7], 1],
  ["slice", [1, 67, 4, 9], 1],
  ["last", [1, 36, 9, 7], 2],
  ["first", [1, 40, 3, 5], 1],
] as const satisfies readonly (readonly [Order, MapShape, number])[])(
  "rows that are scattered over a map larger than the caches, %s %j on %i threads",
  (order, shape, threads) => {
    const kept: MapShape = [shape[0], shape[1], 1, 1];
    const [from, to] = [operandIn(order, shape), operandIn(order, kept)];
    for (const kind of REDUCTIONS) {
      const error = errorOfReduction(kind, shape, [2, 3], from, to, { ...small, threads });
      expect(error, kind.kind).toBeLessThan(TOLERANCE);
    }
  },
);

test("a sum of many blocks is as exact as one of few", () => {
  const [channels, size] = [20, 256];
  const shape: MapShape = [1, channels, size, size];
  const kernel = reduction(
    {
      kind: "sum",
      shape,
      folded: [false, false, true, true],
      from: operandIn("last", shape),
      to: operandIn("last", [1, channels, 1, 1]),
    },
    small,
  );
  const x = randomFloats(channels * size ** 2).map((value) => value + 1);
  const sums = new Float64Array(channels);
  x.forEach((value, i) => (sums[i % channels] += value));
  const working = kernel.buffers.flatMap(({ elementsPerThread }) => elementsPerThread ?? []);
  const prepared = prepareKernel(kernel, [x, channels, ...working]);
  prepared.run();
  prepared.views[1].forEach((sum, c) => expect(Math.abs(sum / sums[c] - 1)).toBeLessThan(1e-7));
});
