/**
 * Sliding windows in ONNX. Padding is always written out: `auto_pad` means different things to
 * different runtimes, and so does `ceil_mode`, whose last window before opset 22 may lie wholly
 * behind the map. A window that `ceil_mode` adds is padding at the end instead.
 */
import type { Sides } from "../../graph/attributes.ts";
import { type Dim, isKnown } from "../../graph/dim.ts";
import type { OnnxAttributes } from "../onnx.ts";
import type { SpatialIndex } from "./map.ts";
import { type Rounding, type Window, after, before, extent, positions } from "./window.ts";

export function windowAttributes({ dilation, ...window }: Window): OnnxAttributes {
  return { ...undilatedAttributes(window), dilations: { ints: dilation } };
}

/** AveragePool has no dilation before opset 19. */
export function undilatedAttributes({
  kernel,
  stride,
  padding,
}: Omit<Window, "dilation">): OnnxAttributes {
  return {
    kernel_shape: { ints: kernel },
    strides: { ints: stride },
    pads: { ints: padding },
  };
}

/** The padding with which a rounded-down count of positions is the given one. */
export function roundedPadding(
  window: Window,
  [, , height, width]: readonly Dim[],
  rounding: Rounding,
): Sides {
  const [top, left] = window.padding;
  if (rounding === "floor") return window.padding;
  return [top, left, endPadding(window, 0, height), endPadding(window, 1, width)];
}

/**
 * `positions` counts `ceil((length + usable) / stride) + 1`, the same as
 * `floor((length + usable + stride - 1) / stride) + 1`; what stands there beside the length is
 * `before + end - extent`.
 */
function endPadding(window: Window, axis: SpatialIndex, length: Dim): number {
  const stride = window.stride[axis];
  const stated = after(window, axis);
  if (!isKnown(length)) return Math.min(stated + stride - 1, extent(window, axis) - 1);
  const count = positions(window, axis, length, "ceil");
  if (!isKnown(count)) return stated;
  const needed = (count - 1) * stride + extent(window, axis) - length - before(window, axis);
  return Math.max(stated, needed);
}
