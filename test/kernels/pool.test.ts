import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Pair, Sides } from "../../src/graph/attributes.ts";
import { operandOf } from "../../src/kernels/loops/operand.ts";
import { type PoolProblem, pool } from "../../src/kernels/pool/pool.ts";
import type { Attributes } from "../../src/layers/layer.ts";
import { functionOf } from "../../src/plan/lower/epilogue.ts";
import { adaptiveWindows, slidingWindows } from "../../src/plan/lower/windows.ts";
import { wasmMachine } from "../../src/targets/wasm/machine.ts";
import { type MapShape, type Order, anyOrder, layoutOf, orders } from "./layouts.ts";
import { errorOf, randomTensor, referenceOf, runKernel } from "./memory.ts";

const machine = wasmMachine({ relaxedSimd: true, threads: 1 });
/** A mean over a window is a short float32 sum; a maximum is exact. */
const TOLERANCE = { max: 0, mean: 1e-6 };

/** A layer and its attributes. */
type Reference = readonly [kind: string, attributes: Attributes];

interface Case {
  readonly kind: "max" | "mean";
  readonly shape: MapShape;
  readonly kernel: Pair;
  readonly stride?: Pair;
  readonly dilation?: Pair;
  readonly padding?: Sides;
  readonly ceil?: boolean;
  readonly countPadding?: boolean;
  readonly orders?: readonly [Order, Order];
  readonly relu?: boolean;
}

/** Runs a pool whose input has a margin of NaN, as kernels must not rely on its content. */
function errorWith(
  kind: "max" | "mean",
  shape: MapShape,
  result: MapShape,
  windows: Pick<PoolProblem, "rows" | "columns" | "dilation">,
  reference: Reference,
  [from, to]: readonly [Order, Order],
  relu: boolean,
): number {
  const x = randomTensor(shape, 1);
  const [input, output] = [layoutOf(from, shape, true), layoutOf(to, result)];
  const [batch, channels] = shape;
  const problem = { kind, batch, channels, ...windows, input, output };
  const activation = { activation: functionOf({ kind: "relu", attributes: {} }) };
  const got = runKernel(
    pool(relu ? { ...problem, ...activation } : problem, machine),
    [{ shape, operand: operandOf(input), values: x.values }],
    { shape: result, operand: operandOf(output) },
  );
  const expected = referenceOf(...reference, [x.tensor]);
  return errorOf(got, relu ? referenceOf("relu", {}, [expected]) : expected);
}

function errorOfCase(given: Case): number {
  const { kind, shape, kernel, stride = kernel, dilation = [1, 1] as const } = given;
  const { padding = [0, 0, 0, 0] as const, ceil = false, countPadding = true } = given;
  const attributes = { kernel, stride, padding, dilation, ceil_mode: ceil };
  const reference: Reference =
    kind === "max"
      ? ["max_pool", attributes]
      : ["avg_pool", { ...attributes, count_include_pad: countPadding }];
  const [batch, channels, height, width] = shape;
  const probe = { shape: [1, 1, height, width], data: new Float64Array(height * width) };
  const [, , rows, columns] = referenceOf(...reference, [probe]).shape;
  const operation = {
    family: "window_pool",
    reduce: kind === "max" ? "max" : "average",
    kernel,
    stride,
    dilation,
    padding,
    countPadding,
  } as const;
  const windows = {
    rows: slidingWindows(operation, 0, height, rows),
    columns: slidingWindows(operation, 1, width, columns),
    dilation,
  };
  const result: MapShape = [batch, channels, rows, columns];
  const { orders: layouts = ["last", "last"], relu = false } = given;
  return errorWith(kind, shape, result, windows, reference, layouts, relu);
}

const cases: readonly Omit<Case, "kind">[] = [
  { shape: [1, 6, 28, 28], kernel: [2, 2] },
  { shape: [2, 64, 11, 13], kernel: [3, 3], stride: [2, 2], padding: [1, 1, 1, 1] },
  { shape: [1, 67, 9, 9], kernel: [3, 3], stride: [1, 1], padding: [1, 1, 1, 1] },
  { shape: [1, 3, 7, 9], kernel: [3, 2], stride: [2, 3], padding: [1, 0, 0, 1] },
  { shape: [1, 8, 13, 13], kernel: [3, 3], stride: [2, 2], ceil: true },
  { shape: [1, 8, 14, 14], kernel: [3, 3], stride: [2, 2], padding: [1, 1, 1, 1], ceil: true },
  { shape: [1, 5, 17, 19], kernel: [7, 9], stride: [3, 2], padding: [3, 4, 3, 4] },
  { shape: [1, 1, 5, 5], kernel: [5, 5] },
  { shape: [1, 4, 6, 6], kernel: [1, 1], stride: [2, 2] },
];

describe.each(["max", "mean"] as const)("%s over windows", (kind) => {
  test.each(cases)("$shape, kernel $kernel", (given) => {
    for (const from of orders) {
      for (const to of ["last", from] as const) {
        expect(errorOfCase({ kind, ...given, orders: [from, to] })).toBeLessThanOrEqual(
          TOLERANCE[kind],
        );
      }
    }
  });

  test("with an activation behind it", () => {
    const given = { kind, shape: [1, 6, 9, 9], kernel: [3, 3], relu: true } as const;
    expect(errorOfCase(given)).toBeLessThanOrEqual(TOLERANCE[kind]);
  });

  test("for random windows, strides and padding on each side", () => {
    const size = (most: number) => fc.integer({ min: 1, max: most });
    const pair = (most: number) => fc.tuple(size(most), size(most));
    const given = fc
      .record({
        batch: size(3),
        channels: fc.constantFrom(1, 2, 3, 4, 7, 8, 16, 21, 67),
        map: pair(15),
        kernel: pair(5),
        stride: pair(3),
        dilation: pair(3),
        sides: fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2), fc.nat(2)),
        ceil: fc.boolean(),
        countPadding: fc.boolean(),
        orders: fc.tuple(anyOrder, anyOrder),
      })
      .map(({ batch, channels, map, sides, ...rest }): Case => {
        // Places far apart may all lie on the padding, of which there is no mean.
        const none = kind === "mean" && !rest.countPadding && rest.dilation.some((d) => d > 1);
        const half = (side: number): number =>
          none ? 0 : Math.min(sides[side], Math.floor(rest.kernel[side % 2] / 2));
        const padding: Sides = [half(0), half(1), half(2), half(3)];
        return { ...rest, kind, shape: [batch, channels, ...map], padding };
      });
    fc.assert(
      fc.property(given, (problem) => {
        const { shape, kernel, dilation = [1, 1], padding = [0, 0, 0, 0] } = problem;
        const fits = [0, 1].every(
          (axis) =>
            (kernel[axis] - 1) * dilation[axis] + 1 <=
            shape[axis + 2] + padding[axis] + padding[axis + 2],
        );
        fc.pre(fits);
        expect(errorOfCase(problem)).toBeLessThanOrEqual(TOLERANCE[kind]);
      }),
      { numRuns: 60 },
    );
  });

  const adaptive: readonly (readonly [MapShape, Pair])[] = [
    [
      [1, 8, 7, 7],
      [1, 1],
    ],
    [
      [2, 67, 13, 10],
      [7, 7],
    ],
    [
      [1, 5, 4, 3],
      [9, 7],
    ],
    [
      [3, 16, 40, 33],
      [3, 2],
    ],
    [
      [1, 3, 224, 60],
      [7, 1],
    ],
  ];
  test.each(adaptive)("adaptive, %j to %j", (shape, size) => {
    const [batch, channels, height, width] = shape;
    const windows = {
      rows: adaptiveWindows(height, size[0]),
      columns: adaptiveWindows(width, size[1]),
      dilation: [1, 1] as const,
    };
    const name = kind === "max" ? "adaptive_max_pool" : "adaptive_avg_pool";
    for (const from of orders) {
      const result: MapShape = [batch, channels, ...size];
      const layouts = [from, from === "first" ? "first" : "last"] as const;
      const reference = [name, { output_size: size }] as const;
      expect(
        errorWith(kind, shape, result, windows, reference, layouts, false),
      ).toBeLessThanOrEqual(TOLERANCE[kind]);
    }
  });
});

test("a global mean over a large map with a large mean keeps float32's accuracy", () => {
  const shape: MapShape = [1, 5, 211, 307];
  const x = randomTensor(shape, 1, 99, 101);
  for (const order of orders) {
    const [input, output] = [layoutOf(order, shape), layoutOf(order, [1, 5, 1, 1])];
    const problem = {
      kind: "mean",
      batch: 1,
      channels: 5,
      rows: adaptiveWindows(211, 1),
      columns: adaptiveWindows(307, 1),
      dilation: [1, 1],
      input,
      output,
    } as const;
    const got = runKernel(
      pool(problem, machine),
      [{ shape, operand: operandOf(input), values: x.values }],
      { shape: [1, 5, 1, 1], operand: operandOf(output) },
    );
    expect(errorOf(got, referenceOf("global_avg_pool", {}, [x.tensor]))).toBeLessThan(5e-7);
  }
});
