/**
 * Which input pixels each output pixel reads, along one axis: the loops of the reference
 * for convolutions and all pools. A window over a map is a pair of these lists, one for
 * the rows and one for the columns; taps that fall on padding are left out.
 */
import type { SpatialIndex } from "./map.ts";
import { type Rounding, type Window, after, before, extent } from "./window.ts";

export interface Tap {
  /** Position along the output. */
  readonly output: number;
  /** Position along the kernel. */
  readonly kernel: number;
  /** Position along the input. */
  readonly input: number;
}

/**
 * Positions of a window along an axis, counted one by one: the definition that `positions`
 * closes. A window may not reach beyond the padded map; with `ceil` it may, by less than a
 * stride, as long as it starts on the map or the padding before it.
 */
export function countPositions(
  window: Window,
  axis: SpatialIndex,
  length: number,
  rounding: Rounding,
): number {
  const end = length + after(window, axis);
  const allowed = rounding === "ceil" ? window.stride[axis] - 1 : 0;
  let count = 0;
  for (let start = 0 - before(window, axis); ; start += window.stride[axis]) {
    if (start + extent(window, axis) - end > allowed) return count;
    if (rounding === "ceil" && start >= length) return count;
    count++;
  }
}

/** In order of the output, then of the kernel. */
export function windowTaps(
  window: Window,
  axis: SpatialIndex,
  inputs: number,
  outputs: number,
): readonly Tap[] {
  const taps: Tap[] = [];
  for (let output = 0; output < outputs; output++) {
    const start = output * window.stride[axis] - before(window, axis);
    for (let kernel = 0; kernel < window.kernel[axis]; kernel++) {
      const input = start + kernel * window.dilation[axis];
      if (input >= 0 && input < inputs) taps.push({ output, kernel, input });
    }
  }
  return taps;
}

/** Adaptive pools: output `o` reads from `floor(o·in/out)` up to, not including, `ceil((o+1)·in/out)`. */
export function adaptiveTaps(inputs: number, outputs: number): readonly Tap[] {
  const taps: Tap[] = [];
  for (let output = 0; output < outputs; output++) {
    const start = Math.floor((output * inputs) / outputs);
    const end = Math.ceil(((output + 1) * inputs) / outputs);
    for (let input = start; input < end; input++)
      taps.push({ output, kernel: input - start, input });
  }
  return taps;
}
