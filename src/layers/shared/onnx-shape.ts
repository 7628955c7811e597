/** Expressions of ONNX that change shapes, on sizes that may be symbolic. */
import { type Dim, isKnown, sameDim } from "../../graph/dim.ts";
import { type OnnxResult, type OnnxValue, int64s, op, sizes } from "../onnx.ts";

/** `x` of shape `from` with the same elements as `to`. */
export function reshapeTo(x: OnnxValue, from: readonly Dim[], to: readonly Dim[]): OnnxResult {
  return op("Reshape", [x, target(from, to)]);
}

/** Reshape's own words where they suffice: 0 keeps a size, one -1 follows from the others. */
function target(from: readonly Dim[], to: readonly Dim[]): OnnxValue {
  const stated = to.map((size, axis) => {
    if (isKnown(size)) return size;
    return axis < from.length && sameDim(size, from[axis]) ? 0 : -1;
  });
  const open = stated.filter((size) => size === -1);
  return open.length <= 1 ? int64s(...stated) : sizes(...to);
}

/** A vector [C] as it broadcasts over the channels of `[N, C, …]`: `[C, 1, 1]` for maps. */
export function perChannel(vector: OnnxValue, rank: number): OnnxValue {
  const axes = Array.from({ length: Math.max(0, rank - 2) }, (_, axis) => axis + 1);
  return axes.length === 0 ? vector : op("Unsqueeze", [vector, int64s(...axes)]);
}
