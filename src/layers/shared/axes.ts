/** Axes as programs name them: from 0, or back from -1; and how messages speak of them. */
import { InternalFault, type Problem, problem } from "../../diagnostics/diagnostic.ts";
import { type Dim, formatShape } from "../../graph/dim.ts";
import type { FieldStep } from "../layer.ts";
import { conflict } from "./arguments.ts";

/** The axis from 0; undefined where a tensor of this rank has no such axis. */
function axisFromZero(axis: number, rank: number): number | undefined {
  if (axis < -rank || axis >= rank) return undefined;
  return axis < 0 ? axis + rank : axis;
}

/** As `axisFromZero`, or the problem to report. */
export function resolveAxis(kind: string, axis: number, shape: readonly Dim[]): number | Problem {
  const rank = shape.length;
  const resolved = axisFromZero(axis, rank);
  if (resolved !== undefined) return resolved;
  const facts = { layer: kind, axis, shape: formatShape(shape), rank };
  return { ...problem("CNN2050", facts, "axis"), blame: [{ input: 0 }] };
}

/** The axis from 0, where the shape rule has checked it. */
export function checkedAxis(axis: number, { shape }: { readonly shape: readonly Dim[] }): number {
  const resolved = axisFromZero(axis, shape.length);
  if (resolved === undefined) throw new InternalFault(`axis ${axis} was not checked`);
  return resolved;
}

/** As `checkedAxis` for several axes, in the order in which they are given. */
export function checkedAxes(
  axes: readonly number[],
  type: { readonly shape: readonly Dim[] },
): readonly number[] {
  return axes.map((axis) => checkedAxis(axis, type));
}

/** As `resolveAxis` for several axes, of which none may come twice; sorted. */
export function resolveAxes(
  kind: string,
  axes: readonly number[],
  shape: readonly Dim[],
): readonly number[] | Problem {
  const resolved = new Set<number>();
  for (const axis of axes) {
    const one = resolveAxis(kind, axis, shape);
    if (typeof one !== "number") return { ...one, argument: "axes" };
    resolved.add(one);
  }
  if (resolved.size < axes.length) {
    return conflict(kind, "an axis is named twice", "name each axis once", "axes");
  }
  return [...resolved].sort((a, b) => a - b);
}

const NAMES: Readonly<Record<number, readonly string[]>> = {
  2: ["batch", "features"],
  4: ["batch", "channels", "height", "width"],
};

/** `channels`, `height`; for a rank whose axes have no usual names, `axis 1`. */
export function axisName(axis: number, rank: number): string {
  return NAMES[rank]?.[axis] ?? `axis ${axis}`;
}

/**
 * The field of a layer that mixes the elements along these axes: a pixel, unless height or
 * width are among them (then the whole map, of which it may be only a row or a column).
 */
export function fieldAlong(axes: readonly number[]): FieldStep {
  return axes.some((axis) => axis >= 2) ? "global" : "point";
}
