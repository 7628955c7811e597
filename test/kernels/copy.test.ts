import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CopyProblem, copy } from "../../src/kernels/movement/copy.ts";
import { type Operand, operandOf, rowMajor } from "../../src/kernels/loops/operand.ts";
import { channelShuffle, pixelShuffle } from "../../src/kernels/movement/rearrangements.ts";
import { channelsLast } from "../../src/kernels/loops/layout.ts";
import { wasmMachine } from "../../src/targets/wasm/machine.ts";
import { type MapShape, anyMapShape, anyOrder, layoutOf, operandIn, orders } from "./layouts.ts";
import { type Result, errorOf, randomTensor, referenceOf, runKernel } from "./memory.ts";

const machine = wasmMachine({ relaxedSimd: true, threads: 1 });

/** The result of a copy of a tensor in the layout of `given`. */
function copied(
  problem: CopyProblem,
  given: Result & { readonly values: Float32Array },
  result: Result,
) {
  return runKernel(copy(problem, machine), [given], result);
}

const shapes: readonly MapShape[] = [
  [1, 1, 1, 1],
  [1, 3, 5, 7],
  [2, 3, 4, 8],
  [1, 4, 6, 6],
  [2, 67, 3, 5],
  [3, 16, 1, 1],
  [1, 1, 28, 28],
];

describe("layouts become each other", () => {
  const pairs = shapes.flatMap((shape) =>
    orders.flatMap((from) => orders.map((to) => ({ shape, from, to }))),
  );
  test.each(pairs)("$shape: $from to $to", ({ shape, from, to }) => {
    const { values } = randomTensor(shape, 1);
    for (const margin of [false, true]) {
      const [source, target] = [operandIn(from, shape), operandIn(to, shape, margin)];
      const problem = { shape, from: source, to: target };
      const got = copied(problem, { shape, operand: source, values }, { shape, operand: target });
      expect(got).toEqual(values);
    }
  });

  test("for random shapes", () => {
    fc.assert(
      fc.property(
        anyMapShape,
        fc.tuple(anyOrder, anyOrder),
        fc.tuple(fc.boolean(), fc.boolean()),
        (shape, [from, to], [fromMargin, toMargin]) => {
          const { values } = randomTensor(shape, 1);
          const source = operandIn(from, shape, fromMargin);
          const target = operandIn(to, shape, toMargin);
          const problem = { shape, from: source, to: target };
          const given = { shape, operand: source, values };
          expect(copied(problem, given, { shape, operand: target })).toEqual(values);
        },
      ),
      { numRuns: 60 },
    );
  });
});

/** The same elements, with axis `order[i]` as axis `i`. */
function permuted(operand: Operand, order: readonly number[]): Operand {
  return { ...operand, strides: order.map((axis) => operand.strides[axis]) };
}

/** Every `step`-th place of an axis. */
function sliced(operand: Operand, axis: number, step = 1): Operand {
  const { strides } = operand;
  return { strides: strides.with(axis, strides[axis] * step), wholeVectors: false };
}

describe("layers that move elements", () => {
  test.each(orders)("flatten keeps the order of [N, C, H, W], from %s", (order) => {
    const shape: MapShape = [2, 5, 3, 4];
    const { values } = randomTensor(shape, 1);
    const from = operandIn(order, shape);
    const problem = { shape, from, to: rowMajor(shape) };
    const flat = { shape: [2, 60], operand: rowMajor([2, 60]) };
    expect(copied(problem, { shape, operand: from, values }, flat)).toEqual(values);
  });

  const shuffles = orders.flatMap((from) => orders.map((to) => ({ from, to })));
  test.each(shuffles)("pixel_shuffle, $from to $to", ({ from, to }) => {
    for (const [factor, maps] of [
      [2, 1],
      [2, 5],
      [2, 16],
      [3, 2],
      [4, 3],
    ]) {
      const shape: MapShape = [2, maps * factor * factor, 3, 5];
      const shuffled: MapShape = [2, maps, 3 * factor, 5 * factor];
      const x = randomTensor(shape, 1);
      const [source, target] = [operandIn(from, shape), operandIn(to, shuffled, true)];
      const got = copied(
        pixelShuffle(shape, factor, source, target),
        { shape, operand: source, values: x.values },
        { shape: shuffled, operand: target },
      );
      expect(errorOf(got, referenceOf("pixel_shuffle", { factor, mode: "crd" }, [x.tensor]))).toBe(
        0,
      );
    }
  });

  test.each(shuffles)("channel_shuffle, $from to $to", ({ from, to }) => {
    for (const [groups, perGroup] of [
      [2, 2],
      [2, 29],
      [3, 20],
      [4, 4],
      [5, 3],
      [8, 9],
    ]) {
      const shape: MapShape = [1, groups * perGroup, 3, 3];
      const x = randomTensor(shape, 1);
      const [source, target] = [operandIn(from, shape), operandIn(to, shape)];
      const got = copied(
        channelShuffle(shape, groups, source, target),
        { shape, operand: source, values: x.values },
        { shape, operand: target },
      );
      expect(errorOf(got, referenceOf("channel_shuffle", { groups }, [x.tensor]))).toBe(0);
    }
  });

  test("permute, for every order of up to five axes", () => {
    const axes = fc
      .integer({ min: 1, max: 5 })
      .chain((rank) =>
        fc.tuple(
          fc.array(fc.integer({ min: 1, max: 6 }), { minLength: rank, maxLength: rank }),
          fc.shuffledSubarray([...Array(rank).keys()], { minLength: rank }),
        ),
      );
    fc.assert(
      fc.property(axes, ([shape, order]) => {
        const x = randomTensor(shape, 1);
        const target = order.map((axis) => shape[axis]);
        const from = rowMajor(shape);
        const to = rowMajor(target);
        const got = copied(
          { shape: target, from: permuted(from, order), to },
          { shape, operand: from, values: x.values },
          { shape: target, operand: to },
        );
        expect(errorOf(got, referenceOf("permute", { order }, [x.tensor]))).toBe(0);
      }),
      { numRuns: 80 },
    );
  });

  test("slice with any start and step", () => {
    const given = fc.record({
      shape: anyMapShape,
      axis: fc.integer({ min: 0, max: 3 }),
      start: fc.nat(4),
      step: fc.integer({ min: 1, max: 5 }),
      orders: fc.tuple(anyOrder, anyOrder),
    });
    fc.assert(
      fc.property(given, ({ shape, axis, start, step, orders: [from, to] }) => {
        fc.pre(start < shape[axis]);
        const x = randomTensor(shape, 1);
        const part = shape.with(axis, Math.ceil((shape[axis] - start) / step));
        const kept: MapShape = [part[0], part[1], part[2], part[3]];
        const source = operandIn(from, shape);
        const cut = sliced(source, axis, step);
        const target = operandIn(to, kept);
        // The kernel is called with the address of the first element that it reads.
        const shifted = { shape: kept, operand: cut };
        const attributes = { axis, start, end: null, step };
        const expected = referenceOf("slice", attributes, [x.tensor]);
        const values = Float32Array.from(expected.data);
        const got = copied(
          { shape: kept, from: cut, to: target },
          { ...shifted, values },
          { shape: kept, operand: target },
        );
        expect(got).toEqual(values);
      }),
      { numRuns: 60 },
    );
  });

  test("parts of a concat leave each other's channels alone", () => {
    const whole = channelsLast([1, 12, 3, 3], { pitch: 12, vectorWidth: 4 });
    for (const channels of [5, 3, 4]) {
      const shape: MapShape = [1, channels, 3, 3];
      const { values } = randomTensor(shape, 1);
      const from = operandOf(layoutOf("last", shape));
      const part = sliced(operandOf(whole), 1);
      const got = copied(
        { shape, from, to: part },
        { shape, operand: from, values },
        { shape, operand: part },
      );
      expect(got).toEqual(values);
    }
  });
});
