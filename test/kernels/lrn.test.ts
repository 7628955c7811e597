import * as fc from "fast-check";
import { expect, test } from "vitest";
import { lrn } from "../../src/kernels/statistics/lrn.ts";
import { wasmMachine } from "../../src/targets/wasm/machine.ts";
import { type MapShape, type Order, anyOrder, operandIn, orders } from "./layouts.ts";
import { errorOf, randomTensor, referenceOf, runKernel } from "./memory.ts";

const machine = wasmMachine({ relaxedSimd: true, threads: 1 });
const TOLERANCE = 1e-6;

interface Window {
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
  readonly k: number;
}

function errorOfLrn(shape: MapShape, window: Window, from: Order, to: Order): number {
  const x = randomTensor(shape, 1, -20, 20);
  const [input, output] = [operandIn(from, shape), operandIn(to, shape)];
  const got = runKernel(
    lrn({ shape, input, output, ...window }, machine),
    [{ shape, operand: input, values: x.values }],
    { shape, operand: output },
  );
  return errorOf(got, referenceOf("lrn", { ...window }, [x.tensor]));
}

/** AlexNet's, and GoogLeNet's in its first form. */
const alexnet = { size: 5, alpha: 1e-4, beta: 0.75, k: 2 };

test.each(orders)("AlexNet's window, %s", (order) => {
  for (const shape of [
    [1, 96, 5, 5],
    [2, 7, 3, 4],
    [1, 1, 3, 3],
    [1, 67, 1, 1],
  ] as const) {
    expect(errorOfLrn(shape, alexnet, order, order)).toBeLessThan(TOLERANCE);
  }
});

test("any window and exponent", () => {
  const given = fc.record({
    channels: fc.integer({ min: 1, max: 30 }),
    size: fc.integer({ min: 1, max: 12 }),
    alpha: fc.constantFrom(1e-4, 0.5),
    beta: fc.constantFrom(0.5, 0.75, 1, 0.6, 1.3),
    k: fc.constantFrom(1, 2),
    orders: fc.tuple(anyOrder, anyOrder),
  });
  fc.assert(
    fc.property(given, ({ channels, orders: [from, to], ...window }) => {
      expect(errorOfLrn([2, channels, 3, 5], window, from, to)).toBeLessThan(TOLERANCE);
    }),
    { numRuns: 60 },
  );
});
