/** Axes that a node names: from 0, or back from -1; as an attribute, or later as an input. */
import type { OpCall } from "../call.ts";

/** The axis from 0. @throws Refusal where the tensor has no such axis */
export function axisFromZero(call: OpCall, axis: number, rank: number): number {
  if (axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  throw call.refuse(
    `it names axis ${axis} of a tensor of rank ${rank}`,
    "export the model again; an axis is counted from 0, or back from -1",
  );
}

/** As `layer_norm` takes them: all but the batch is its default, and the last alone means features. */
export function layerNormAxes(axes: readonly number[], rank: number): readonly number[] | null {
  if (axes.length === rank - 1 && !axes.includes(0)) return null;
  return axes.length === 1 && axes[0] === rank - 1 ? [-1] : axes;
}

/**
 * The axes from 0, ascending; undefined where none are given.
 * @param since the version from which they are input `at`
 */
export function axesOf(
  call: OpCall,
  since: number,
  at: number,
  rank: number,
): readonly number[] | undefined {
  const given =
    call.opset < since ? call.ints("axes") : call.has(at) ? call.knownInts(at, "axes") : undefined;
  return given?.map((axis) => axisFromZero(call, axis, rank)).toSorted((a, b) => a - b);
}
