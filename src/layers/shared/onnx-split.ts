/** Split in ONNX: the sizes are an input, and where they are not known the parts are equal. */
import { type Dim, isKnown } from "../../graph/dim.ts";
import { type OnnxResult, type OnnxValue, type Opset, int64s, ops } from "../onnx.ts";

export function splitOnnx(
  x: OnnxValue,
  axis: number,
  sizes: readonly Dim[],
  opset: Opset,
): readonly OnnxResult[] {
  const along = { axis: { int: axis } };
  const known = sizes.filter(isKnown);
  if (known.length === sizes.length)
    return ops("Split", [x, int64s(...known)], along, sizes.length);
  const count = opset >= 18 ? { num_outputs: { int: sizes.length } } : {};
  return ops("Split", [x], { ...along, ...count }, sizes.length);
}
