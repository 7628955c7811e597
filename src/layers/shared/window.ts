/**
 * The geometry of a window that slides over a map: what convolutions and pools share. Sizes
 * follow PyTorch's documentation of `Conv2d`, `MaxPool2d` and `AvgPool2d`.
 */
import type { Padding, Pair, Sides } from "../../graph/attributes.ts";
import { type Dim, add, ceilDiv, floorDiv } from "../../graph/dim.ts";
import type { FieldStep } from "../layer.ts";
import type { SpatialIndex } from "./map.ts";

export interface Window {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly dilation: Pair;
  readonly padding: Sides;
}

/** How a part of a stride at the end of the map counts. */
export type Rounding = "floor" | "ceil";

/** Pixels from the first to the last tap. */
export function extent(
  { kernel, dilation }: Pick<Window, "kernel" | "dilation">,
  axis: SpatialIndex,
): number {
  return dilation[axis] * (kernel[axis] - 1) + 1;
}

/** Padding above or left of the map. */
export function before({ padding }: Pick<Window, "padding">, axis: SpatialIndex): number {
  return padding[axis];
}

/** Padding below or right of the map. */
export function after(
  { padding: [, , bottom, right] }: Pick<Window, "padding">,
  axis: SpatialIndex,
): number {
  return axis === 0 ? bottom : right;
}

/** The four sides; `same` puts an odd pixel at the end, as PyTorch does. */
export function resolvePadding(
  padding: Padding,
  window: Pick<Window, "kernel" | "dilation">,
): Sides {
  if (padding !== "same") return padding;
  const height = extent(window, 0) - 1;
  const width = extent(window, 1) - 1;
  const top = Math.floor(height / 2);
  const left = Math.floor(width / 2);
  return [top, left, height - top, width - left];
}

/**
 * The number of positions of the window along one axis of `length` pixels.
 *
 * With `ceil`, PyTorch takes `q + 1` positions, `q = ceil((length + padding - extent) / stride)`,
 * and one less where the last would start behind the map and its padding before it, that is,
 * where `q · stride >= length + before`. The closed form below is the same:
 * the largest `r` with `r · stride < length + before` is `ceil((length + before) / stride) - 1`,
 * that is `ceil((length + before - stride) / stride)`; so the rule asks for `min(q, r)` wherever
 * one step back is enough. It always is: `(q - 1) · stride < length + before + after - extent`,
 * and padding never exceeds the extent, so `q - 1 <= r`. Both being a `ceil` over the same
 * stride, the smaller numerator gives the smaller quotient.
 */
export function positions(
  window: Window,
  axis: SpatialIndex,
  length: Dim,
  rounding: Rounding,
): Dim {
  const stride = window.stride[axis];
  const slack = before(window, axis) + after(window, axis) - extent(window, axis);
  if (rounding === "floor") return add(floorDiv(add(length, slack), stride), 1);
  const usable = Math.min(slack, before(window, axis) - stride);
  return add(ceilDiv(add(length, usable), stride), 1);
}

/** The smallest length for which `positions` is at least 1. */
export function smallestLength(window: Window, axis: SpatialIndex, rounding: Rounding): number {
  const whole = extent(window, axis) - before(window, axis) - after(window, axis);
  const needed = rounding === "floor" ? whole : whole - window.stride[axis] + 1;
  return Math.max(1, needed);
}

/** Places of the window at this position that lie on the map or its padding. */
export function countedTaps(
  window: Window,
  axis: SpatialIndex,
  length: number,
  position: number,
): number {
  const start = position * window.stride[axis] - before(window, axis);
  const room = length + after(window, axis) - start;
  return Math.min(window.kernel[axis], Math.ceil(room / window.dilation[axis]));
}

export function windowField(window: Window): FieldStep {
  return {
    size: [extent(window, 0), extent(window, 1)],
    stride: window.stride,
    start: [0 - before(window, 0), 0 - before(window, 1)],
  };
}
