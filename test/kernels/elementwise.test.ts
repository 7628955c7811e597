import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Element, add, argument, compose, ifLess, multiply } from "../../src/graph/element.ts";
import { elementwise } from "../../src/kernels/elementwise.ts";
import { type Operand, rowMajor } from "../../src/kernels/loops/operand.ts";
import { tensor } from "../../src/graph/tensor.ts";
import { layers } from "../../src/layers/index.ts";
import type { Attributes, Layer } from "../../src/layers/layer.ts";
import { functionOf } from "../../src/plan/lower/epilogue.ts";
import { wasmMachine } from "../../src/targets/wasm/machine.ts";
import { attributesOf } from "../layers/arguments.ts";
import { problemsOf } from "../layers/problems.ts";
import { type MapShape, type Order, anyMapShape, anyOrder, operandIn, orders } from "./layouts.ts";
import { type Given, errorOf, randomTensor, referenceOf, runKernel } from "./memory.ts";

const machine = wasmMachine({ relaxedSimd: true, threads: 1 });
/** Of arithmetic; those of functions are the layers' own. */
const TOLERANCE = 1e-6;

/** Functions of one element, with the arguments and the range of their example problems. */
const functions = [...layers.values()].flatMap((layer) => {
  const isFunction = layer.lowering.families.includes("elementwise") && layer.category !== "shape";
  if (!isFunction || layer.inputs.length !== 1) return [];
  return problemsOf(layer.kind).map(({ given, range = [-9, 9] }) => {
    const attributes = attributesOf(layer.kind, given);
    return { layer, attributes, range, element: elementOf(layer, attributes) };
  });
});

/** Of numbers beyond 8192 they only promise to stay in their range. */
const PERIODIC: ReadonlySet<string> = new Set(["sin", "cos", "tan"]);

describe("every activation of the layer table", () => {
  test("is tried", () => {
    expect(functions.length).toBeGreaterThan(20);
  });

  test.each(functions)(
    "$layer.kind $attributes",
    ({ layer: { kind, tolerance }, attributes, range, element }) => {
      const shape = [2, 1031];
      const x = randomTensor(shape, 3, ...range);
      const operand = rowMajor(shape);
      const problem = {
        shape,
        inputs: [operand],
        element,
        output: operand,
      } as const;
      const given = { shape, operand, values: x.values };
      const got = runKernel(elementwise(problem, machine), [given], { shape, operand });
      expect(errorOf(got, referenceOf(kind, attributes, [x.tensor]))).toBeLessThan(tolerance);
    },
  );

  test.each(functions)("$layer.kind $attributes of special values", ({ layer, ...given }) => {
    const { attributes, element } = given;
    const values = Float32Array.of(0, -0, 1, -1, 0.5, 1.5, -2.5, 1e10, Infinity, NaN);
    const shape = [values.length];
    const operand = rowMajor(shape);
    const x = { shape, operand, values };
    const problem = { shape, inputs: [operand], element, output: operand };
    const got = runKernel(elementwise(problem, machine), [x], { shape, operand });
    const { data } = referenceOf(layer.kind, attributes, [tensor(shape, [...values])]);
    data.map(Math.fround).forEach((expected, i) => {
      if (PERIODIC.has(layer.kind) && values[i] === 1e10) return;
      const error = Math.abs(got[i] - expected) / Math.max(1, Math.abs(expected));
      const exact = Object.is(got[i], expected) || got[i] === expected;
      expect(exact || error < 1e-5, `${values[i]}: ${got[i]} is not ${expected}`).toBe(true);
    });
  });

  test("does not overflow far from zero", () => {
    const values = Float32Array.of(-3e38, -1e4, -88.5, 88.5, 1e4, 3e38);
    const shape = [values.length];
    const operand = rowMajor(shape);
    const run = (kind: string): number[] => [
      ...runKernel(
        elementwise(
          {
            shape,
            inputs: [operand],
            element: functionOf({ kind, attributes: {} }),
            output: operand,
          },
          machine,
        ),
        [{ shape, operand, values }],
        { shape, operand },
      ),
    ];
    for (const [i, value] of run("tanh").entries()) expect(value).toBeCloseTo(i < 3 ? -1 : 1, 6);
    const sigmoid = run("sigmoid");
    expect(sigmoid.slice(3)).toEqual([1, 1, 1]);
    for (const value of sigmoid.slice(0, 3)) expect(Math.abs(value)).toBeLessThan(1e-37);
  });
});

/** Layers of two tensors. */
const combines: readonly Layer[] = [...layers.values()].filter(
  ({ category, inputs }) => category === "arithmetic" && inputs.length === 2,
);

function elementOf(layer: Layer, attributes: Attributes = {}): Element {
  const operation = layer.lowering.operation(attributes, []);
  if (operation.family !== "elementwise") throw new Error(`${layer.kind} is no function`);
  return operation.element;
}

/** The operand of an input that stretches along the axes where its size is 1. */
function stretched({ strides, wholeVectors }: Operand, from: MapShape, to: MapShape): Operand {
  return {
    strides: strides.map((stride, axis) => (from[axis] === 1 && to[axis] > 1 ? 0 : stride)),
    wholeVectors: wholeVectors && (from[1] > 1 || to[1] === 1),
  };
}

interface Combination {
  readonly layer: Layer;
  readonly shape: MapShape;
  readonly other: MapShape;
  readonly orders: readonly [Order, Order, Order];
  /** The tensor that stretches comes first. */
  readonly reversed?: boolean;
  readonly relu?: boolean;
  readonly margins?: boolean;
}

function errorOfCombination({
  layer,
  shape,
  other,
  orders: [first, second, output],
  reversed = false,
  relu = false,
  margins = false,
}: Combination): number {
  // Divisors are not near 0, and bases not below it.
  const positive = (layer.kind === "div" && reversed) || layer.kind === "pow";
  const a = randomTensor(shape, 1, positive ? 0.5 : -1, positive ? 2 : 1);
  const b = randomTensor(other, 2, 0.5, 2);
  const operands = [operandIn(first, shape, margins), operandIn(second, other)] as const;
  const result = operandIn(output, shape, margins);
  const element = elementOf(layer);
  const arranged = <T>(whole: T, stretching: T): readonly T[] =>
    reversed ? [stretching, whole] : [whole, stretching];
  const problem = {
    shape,
    inputs: arranged(operands[0], stretched(operands[1], other, shape)),
    element: relu ? compose(functionOf({ kind: "relu", attributes: {} }), element) : element,
    output: result,
  };
  const inputs: readonly Given[] = arranged<Given>(
    { shape, operand: operands[0], values: a.values },
    { shape: other, operand: operands[1], values: b.values },
  );
  const got = runKernel(elementwise(problem, machine), inputs, { shape, operand: result });
  const sum = referenceOf(layer.kind, {}, arranged(a.tensor, b.tensor));
  return errorOf(got, relu ? referenceOf("relu", {}, [sum]) : sum);
}

describe("arithmetic of two tensors", () => {
  const shape: MapShape = [2, 11, 5, 7];
  const gate: MapShape = [2, 11, 1, 1];
  const channel: MapShape = [1, 11, 1, 1];
  const row: MapShape = [1, 1, 5, 1];
  const single: MapShape = [1, 1, 1, 1];
  const all = combines.flatMap((layer) =>
    [shape, gate, channel, row, single].flatMap((other) =>
      orders.map((order) => ({ layer, other, order })),
    ),
  );
  test.each(all)("$layer.kind with $other, $order", ({ layer, other, order }) => {
    const found = errorOfCombination({ layer, shape, other, orders: [order, order, order] });
    expect(found).toBeLessThanOrEqual(layer.tolerance);
  });

  test("of many channels, held over blocks of pixels", () => {
    const many: MapShape = [1, 67, 9, 8];
    for (const order of orders) {
      for (const layer of combines) {
        const given = { layer, shape: many, other: [1, 67, 1, 1] } as const;
        const found = errorOfCombination({ ...given, orders: [order, "last", order] });
        expect(found, layer.kind).toBeLessThanOrEqual(layer.tolerance);
      }
    }
  });

  test("for random shapes, layouts and margins", () => {
    const given = fc
      .record({
        layer: fc.constantFrom(...combines),
        shape: anyMapShape,
        stretches: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean(), fc.boolean()),
        orders: fc.tuple(anyOrder, anyOrder, anyOrder),
        reversed: fc.boolean(),
        relu: fc.boolean(),
        margins: fc.boolean(),
      })
      .map(({ stretches, ...rest }): Combination => {
        const [n, c, h, w] = rest.shape;
        const size = (axis: number, whole: number): number => (stretches[axis] ? 1 : whole);
        return { ...rest, other: [size(0, n), size(1, c), size(2, h), size(3, w)] };
      });
    fc.assert(
      fc.property(given, (combination) => {
        const found = errorOfCombination(combination);
        expect(found).toBeLessThanOrEqual(combination.layer.tolerance);
      }),
      { numRuns: 120 },
    );
  });
});

describe("weights for each channel", () => {
  const shape: MapShape = [2, 7, 3, 5];
  const weightOf = (seed: number) => randomTensor([shape[1]], seed, 0.5, 1.5);
  const perChannel: Operand = { strides: [0, 1, 0, 0], wholeVectors: false };
  const channelOnly = { shape: [1, shape[1], 1, 1], operand: perChannel };

  test.each(orders)("batch_norm as a scale and a shift, %s", (order) => {
    const operand = operandIn(order, shape);
    const x = randomTensor(shape, 1);
    const [scale, shift] = [weightOf(2), weightOf(3)];
    const problem = {
      shape,
      inputs: [operand, perChannel, perChannel],
      element: add(multiply(argument(0), argument(1)), argument(2)),
      output: operand,
    } as const;
    const got = runKernel(
      elementwise(problem, machine),
      [
        { shape, operand, values: x.values },
        { ...channelOnly, values: scale.values },
        { ...channelOnly, values: shift.values },
      ],
      { shape, operand },
    );
    const ones = { shape: [shape[1]], data: new Float64Array(shape[1]).fill(1) };
    const zeros = { shape: [shape[1]], data: new Float64Array(shape[1]) };
    const expected = referenceOf(
      "batch_norm",
      { num_features: null, eps: 0, momentum: 0.1, affine: true, track_running_stats: true },
      [x.tensor],
      { running_mean: zeros, running_var: ones, weight: scale.tensor, bias: shift.tensor },
    );
    expect(errorOf(got, expected)).toBeLessThan(TOLERANCE);
  });

  test.each(orders)("prelu, %s", (order) => {
    const operand = operandIn(order, shape);
    const x = randomTensor(shape, 1);
    const slope = weightOf(2);
    const problem = {
      shape,
      inputs: [operand, perChannel],
      element: ifLess(argument(0), 0, multiply(argument(0), argument(1)), argument(0)),
      output: operand,
    } as const;
    const got = runKernel(
      elementwise(problem, machine),
      [
        { shape, operand, values: x.values },
        { ...channelOnly, values: slope.values },
      ],
      { shape, operand },
    );
    const expected = referenceOf("prelu", { num_parameters: shape[1] }, [x.tensor], {
      weight: slope.tensor,
    });
    expect(errorOf(got, expected)).toBeLessThan(TOLERANCE);
  });
});
