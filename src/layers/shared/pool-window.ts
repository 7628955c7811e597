/** Pools with a sliding window: their parameters, shape rule and taps. */
import type { Problem } from "../../diagnostics/diagnostic.ts";
import type { Padding, Pair } from "../../graph/attributes.ts";
import type { TensorType } from "../../graph/tensor-type.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { ShapeResult } from "../layer.ts";
import { bool, optionalPair, pair, padding as sidesOrSame } from "../parameters.ts";
import { featureMap, mapType } from "./map.ts";
import type { Taps } from "./pooling.ts";
import { type SlidingAttributes, paddingWithinHalf, slide, windowOf } from "./slide.ts";
import { countPositions, windowTaps } from "./taps.ts";
import type { Rounding } from "./window.ts";

export const poolParameters = {
  kernel: pair({ doc: "Size of the window.", min: 1 }),
  stride: optionalPair({
    doc: "Pixels from one window to the next; the kernel unless given.",
    min: 1,
  }),
  padding: sidesOrSame({
    doc: "Places around the map, at most half the kernel; never the maximum.",
    default: [0, 0, 0, 0],
  }),
  dilation: pair({
    doc: "Pixels from one place of the window to the next.",
    min: 1,
    default: [1, 1],
  }),
  ceil_mode: bool({
    doc: "Also take a last window that reaches beyond the map by less than a stride.",
    default: false,
  }),
};

export interface PoolAttributes {
  readonly kernel: Pair;
  readonly stride: Pair | null;
  readonly padding: Padding;
  readonly dilation: Pair;
  readonly ceil_mode: boolean;
}

export function slidingOf({
  kernel,
  stride,
  padding,
  dilation,
}: PoolAttributes): SlidingAttributes {
  return { kernel, stride: stride ?? kernel, padding, dilation };
}

export function roundingOf({ ceil_mode }: Pick<PoolAttributes, "ceil_mode">): Rounding {
  return ceil_mode ? "ceil" : "floor";
}

export function poolShape(
  kind: string,
  attributes: PoolAttributes,
  x: TensorType,
): ShapeResult | Problem {
  const map = featureMap(kind, x);
  if ("code" in map) return map;
  const sliding = slidingOf(attributes);
  const slid = slide(kind, sliding, map, roundingOf(attributes));
  return {
    outputs: [mapType(map.batch, map.channels, slid.size)],
    requires: [...paddingWithinHalf(sliding), ...slid.requires],
  };
}

export function poolTaps(attributes: PoolAttributes, { shape }: Tensor): Taps {
  const window = windowOf(slidingOf(attributes));
  const rounding = roundingOf(attributes);
  const [, , inputRows, inputColumns] = shape;
  const height = countPositions(window, 0, inputRows, rounding);
  const width = countPositions(window, 1, inputColumns, rounding);
  return {
    rows: windowTaps(window, 0, inputRows, height),
    columns: windowTaps(window, 1, inputColumns, width),
    height,
    width,
  };
}
