import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { copy } from "../../src/kernels/movement/copy.ts";
import { operandOf } from "../../src/kernels/loops/operand.ts";
import { repeatPixels } from "../../src/kernels/movement/rearrangements.ts";
import { resample, resampleTable } from "../../src/kernels/movement/resample.ts";
import type { Attributes } from "../../src/layers/layer.ts";
import type { Sampling } from "../../src/layers/shared/sampling.ts";
import { wasmMachine } from "../../src/targets/wasm/machine.ts";
import { layerOf } from "../layers/arguments.ts";
import { type MapShape, type Order, anyMapShape, anyOrder, layoutOf, orders } from "./layouts.ts";
import { errorOf, randomTensor, referenceOf, runKernel } from "./memory.ts";

const machine = wasmMachine({ relaxedSimd: true, threads: 1 });
const TOLERANCE = 1e-6;

const USUAL = {
  scale: null,
  mode: "nearest",
  coordinates: null,
  rounding: "floor",
  cubic_coeff: -0.75,
  exclude_outside: null,
  antialias: false,
  roi: null,
  extrapolation_value: 0,
} as const;

interface Case {
  readonly shape: MapShape;
  readonly size: readonly [number, number];
  readonly mode: Sampling["mode"];
  readonly alignCorners?: boolean;
  readonly antialias?: boolean;
  readonly from: Order;
  readonly to: Order;
}

function errorOfCase(given: Case): number {
  const { shape, size, mode, alignCorners = false, antialias = false, from, to } = given;
  const [batch, channels] = shape;
  const result: MapShape = [batch, channels, ...size];
  const attributes: Attributes = { ...USUAL, size, mode, align_corners: alignCorners, antialias };
  const operation = layerOf("upsample").lowering.operation(attributes, [shape]);
  if (operation.family !== "resample") throw new Error("upsample is no resampling");
  const [input, output] = [layoutOf(from, shape, true), layoutOf(to, result)];
  const problem = {
    batch,
    channels,
    rows: operation.rows,
    columns: operation.columns,
    input,
    output,
  };
  const x = randomTensor(shape, 1);
  const got = runKernel(
    resample(problem, machine),
    [{ shape, operand: operandOf(input), values: x.values }, resampleTable(problem)],
    { shape: result, operand: operandOf(output) },
  );
  return errorOf(got, referenceOf("upsample", attributes, [x.tensor]));
}

describe.each(orders)("from %s", (from) => {
  const sizes = [
    [14, 18],
    [10, 13],
    [7, 9],
    [3, 4],
    [1, 1],
  ] as const;
  test.each(sizes)("7×9 to %i×%i", (...size) => {
    for (const channels of [1, 6, 67]) {
      const given = { shape: [2, channels, 7, 9], size, from, to: from } as const;
      expect(errorOfCase({ ...given, mode: "nearest" })).toBe(0);
      expect(errorOfCase({ ...given, mode: "bilinear" })).toBeLessThan(TOLERANCE);
      const aligned = { ...given, mode: "bilinear", alignCorners: true } as const;
      expect(errorOfCase(aligned)).toBeLessThan(TOLERANCE);
      expect(errorOfCase({ ...given, mode: "bicubic" })).toBeLessThan(TOLERANCE);
      const smooth = { ...given, mode: "bilinear", antialias: true } as const;
      expect(errorOfCase(smooth)).toBeLessThan(TOLERANCE);
    }
  });
});

test("random sizes and layouts", () => {
  const size = fc.integer({ min: 1, max: 24 });
  const given = fc
    .record({
      shape: anyMapShape,
      size: fc.tuple(size, size),
      mode: fc.constantFrom("nearest" as const, "bilinear" as const, "bicubic" as const),
      alignCorners: fc.boolean(),
      from: anyOrder,
      to: anyOrder,
    })
    .map((problem) => ({
      ...problem,
      alignCorners: problem.alignCorners && problem.mode !== "nearest",
    }));
  fc.assert(
    fc.property(given, (problem) => {
      expect(errorOfCase(problem)).toBeLessThan(TOLERANCE);
    }),
    { numRuns: 60 },
  );
});

test("pixels repeated by a copy", () => {
  const factor = fc.integer({ min: 1, max: 4 });
  fc.assert(
    fc.property(
      anyMapShape,
      fc.tuple(factor, factor),
      fc.tuple(anyOrder, anyOrder),
      (shape, scale, [from, to]) => {
        const [batch, channels, height, width] = shape;
        const result: MapShape = [batch, channels, height * scale[0], width * scale[1]];
        const [input, output] = [layoutOf(from, shape), layoutOf(to, result, true)];
        const x = randomTensor(shape, 1);
        const problem = repeatPixels(shape, scale, operandOf(input), operandOf(output));
        const got = runKernel(
          copy(problem, machine),
          [{ shape, operand: operandOf(input), values: x.values }],
          { shape: result, operand: operandOf(output) },
        );
        const attributes = { ...USUAL, scale, size: null, align_corners: false };
        expect(errorOf(got, referenceOf("upsample", attributes, [x.tensor]))).toBe(0);
      },
    ),
    { numRuns: 40 },
  );
});
