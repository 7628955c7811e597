/** Output-size formulas with their numbers put in, as the notes of messages show them. */
import type { Pair } from "../../graph/attributes.ts";
import { type Dim, formatDim } from "../../graph/dim.ts";
import type { SpatialIndex } from "./map.ts";
import { type Rounding, type Window, after, before } from "./window.ts";

/** What a layer makes of the length of an axis. */
interface SizeAlong {
  readonly axis: SpatialIndex;
  readonly length: Dim;
  readonly result: Dim;
}

/** `floor((4 + 2·0 − 1·(5 − 1) − 1) / 1) + 1 = 0`. */
export function windowFormula(
  window: Window,
  rounding: Rounding,
  { axis, length, result }: SizeAlong,
): string {
  const padding = bothSides(before(window, axis), after(window, axis));
  const taps = `${window.dilation[axis]}·(${window.kernel[axis]} − 1)`;
  const inner = `${text(length)} + ${padding} − ${taps} − 1`;
  return `${rounding}((${inner}) / ${window.stride[axis]}) + 1 = ${text(result)}`;
}

/** `(3 − 1)·1 − 2·2 + 1·(2 − 1) + 0 + 1 = 0`. */
export function transposedFormula(
  window: Window & { readonly output_padding: Pair },
  { axis, length, result }: SizeAlong,
): string {
  const [start, end] = [before(window, axis), after(window, axis)];
  const padding = start === end ? bothSides(start, end) : `(${bothSides(start, end)})`;
  const taps = `${window.dilation[axis]}·(${window.kernel[axis]} − 1)`;
  const steps = `(${text(length)} − 1)·${window.stride[axis]}`;
  return `${steps} − ${padding} + ${taps} + ${window.output_padding[axis]} + 1 = ${text(result)}`;
}

function bothSides(start: number, end: number): string {
  return start === end ? `2·${start}` : `${start} + ${end}`;
}

/** With the typographic minus that formulas use. */
function text(dim: Dim): string {
  return formatDim(dim).replaceAll("-", "−");
}
