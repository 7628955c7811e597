import * as fc from "fast-check";
import { expect, test } from "vitest";
import { channelsLast } from "../../src/kernels/loops/layout.ts";
import { type PadMode, pad, padTable } from "../../src/kernels/movement/pad.ts";
import { zeroMargin } from "../../src/kernels/movement/zero-margin.ts";
import { wasmMachine } from "../../src/targets/wasm/machine.ts";
import { prepareKernel } from "./harness.ts";
import {
  type MapShape,
  type Order,
  anyMapShape,
  anyOrder,
  channelsFirst,
  operandIn,
  orders,
} from "./layouts.ts";
import { errorOf, randomTensor, referenceOf, runKernel } from "./memory.ts";

const machine = wasmMachine({ relaxedSimd: true, threads: 1 });

type Sides = readonly [number, number, number, number];

function errorOfPad(
  shape: MapShape,
  padding: Sides,
  mode: PadMode,
  from: Order,
  to: Order,
): number {
  const [batch, channels, height, width] = shape;
  const [top, left, bottom, right] = padding;
  const result: MapShape = [batch, channels, top + height + bottom, left + width + right];
  const x = randomTensor(shape, 1);
  const [input, output] = [operandIn(from, shape, true), operandIn(to, result)];
  const problem = { shape, padding, mode, from: input, to: output };
  const given = { shape, operand: input, values: x.values };
  const table = padTable(problem);
  const got = runKernel(pad(problem, machine), table === undefined ? [given] : [given, table], {
    shape: result,
    operand: output,
  });
  const attributes =
    typeof mode === "object"
      ? { padding, mode: "constant", value: mode.constant, channels: [0, 0] }
      : { padding, mode, value: [0], channels: [0, 0] };
  return errorOf(got, referenceOf("pad", attributes, [x.tensor]));
}

type ModeOf = (channels: number) => PadMode;

const modes: readonly ModeOf[] = [
  () => ({ constant: [0] }),
  () => ({ constant: [2.5] }),
  (channels) => ({ constant: Array.from({ length: channels }, (_, c) => c - 0.5) }),
  () => "reflect",
  () => "edge",
];

test.each(orders)("pads on every side, %s", (order) => {
  for (const mode of modes) {
    for (const channels of [1, 3, 8, 67]) {
      const own = mode(channels);
      expect(errorOfPad([2, channels, 5, 6], [3, 1, 2, 5], own, order, order)).toBe(0);
      expect(errorOfPad([1, channels, 5, 6], [0, 0, 0, 1], own, order, order)).toBe(0);
    }
  }
});

test("pads for random shapes, sides and layouts", () => {
  const given = fc.record({
    shape: anyMapShape,
    padding: fc.tuple(fc.nat(5), fc.nat(5), fc.nat(5), fc.nat(5)),
    modeOf: fc.constantFrom(...modes),
    orders: fc.tuple(anyOrder, anyOrder),
  });
  fc.assert(
    fc.property(given, ({ shape, padding, modeOf, orders: [from, to] }) => {
      const mode = modeOf(shape[1]);
      const [top, left, bottom, right] = padding;
      const reflects = Math.max(top, bottom) < shape[2] && Math.max(left, right) < shape[3];
      fc.pre(mode !== "reflect" || reflects);
      expect(errorOfPad(shape, padding, mode, from, to)).toBe(0);
    }),
    { numRuns: 60 },
  );
});

test.each([1, 3, 4, 6])("clears the margin of maps of %i channels and nothing else", (channels) => {
  const margin = { top: 1, left: 2, bottom: 3, right: 1 };
  const shape: MapShape = [2, channels, 4, 5];
  const pixels = 2 * (4 + 4) * (5 + 3);
  for (const [layout, planes, pitch] of [
    [channelsLast(shape, { pitch: 8, vectorWidth: 4 }, margin), 2, 8],
    [channelsFirst([2, channels, 4, 5], margin), 2 * channels, 1],
  ] as const) {
    const problem = { planes, size: [4, 5] as const, pitch, margin };
    const length = pitch === 1 ? pixels * channels : pixels * pitch;
    const prepared = prepareKernel(zeroMargin(problem, machine), [length]);
    prepared.run();
    const [memory] = prepared.views;
    const inside = new Set<number>();
    const planeSize = (length / planes) | 0;
    for (let plane = 0; plane < planes; plane++) {
      for (let y = 0; y < 4; y++) {
        for (let x = 0; x < 5; x++) {
          const pixel = (y + margin.top) * layout.h + (x + margin.left) * layout.w;
          for (let i = 0; i < pitch; i++) inside.add(plane * planeSize + pixel + i);
        }
      }
    }
    memory.forEach((value, at) => expect(value).toBe(inside.has(at) ? Number.NaN : 0));
  }
});
