/** The layouts in which the suites try `[N, C, H, W]` tensors. */
import * as fc from "fast-check";
import {
  type Layout,
  type Margin,
  channelsLast,
  noMargin,
} from "../../src/kernels/loops/layout.ts";
import { type Operand, operandOf } from "../../src/kernels/loops/operand.ts";

export type MapShape = readonly [n: number, c: number, h: number, w: number];

/** `last exact` has no elements behind the channels, `slice` lies among other channels. */
export const orders = ["first", "last", "last exact", "slice"] as const;
export type Order = (typeof orders)[number];

const MARGIN: Margin = { top: 1, left: 2, bottom: 3, right: 1 };

export function layoutOf(order: Order, shape: MapShape, withMargin = false): Layout {
  const margin = withMargin ? MARGIN : noMargin;
  const filled = Math.ceil(shape[1] / 4) * 4;
  switch (order) {
    case "first":
      return channelsFirst(shape, margin);
    case "last":
      return channelsLast(shape, { pitch: filled, vectorWidth: 4 }, margin);
    case "last exact":
      return channelsLast(shape, { pitch: shape[1], vectorWidth: 4 }, margin);
    case "slice":
      return channelsLast(shape, { pitch: filled + 3, vectorWidth: 4 }, margin);
  }
}

/** `[N, C, H, W]`, row-major: what users give and get. */
export function channelsFirst([, c, h, w]: MapShape, margin = noMargin): Layout {
  const width = margin.left + w + margin.right;
  const height = margin.top + h + margin.bottom;
  return { n: c * height * width, c: height * width, h: width, w: 1, wholeVectors: false };
}

export function operandIn(order: Order, shape: MapShape, withMargin = false): Operand {
  return operandOf(layoutOf(order, shape, withMargin));
}

export const anyOrder: fc.Arbitrary<Order> = fc.constantFrom(...orders);

/** Small maps of odd sizes. */
export const anyMapShape: fc.Arbitrary<MapShape> = fc.tuple(
  fc.integer({ min: 1, max: 3 }),
  fc.integer({ min: 1, max: 19 }),
  fc.integer({ min: 1, max: 9 }),
  fc.integer({ min: 1, max: 13 }),
);
