/** Resampling in ONNX. */
import type { Pair } from "../../graph/attributes.ts";
import type { Dim } from "../../graph/dim.ts";
import { type OnnxResult, type OnnxTensor, floatTensor, op, sizes } from "../onnx.ts";
import type { Sampling } from "./sampling.ts";

interface Upsampling {
  readonly scale: Pair | null;
  readonly mode: Sampling["mode"];
  readonly align_corners: boolean;
}

/** @param shape of the output */
export function upsampleOnnx(
  x: OnnxTensor,
  { scale, mode, align_corners }: Upsampling,
  shape: readonly Dim[],
): OnnxResult {
  const target = scale === null ? [undefined, sizes(...shape)] : [floatTensor([1, 1, ...scale])];
  return op("Resize", [x, undefined, ...target], {
    ...(mode === "nearest"
      ? { mode: { string: "nearest" }, nearest_mode: { string: "floor" } }
      : { mode: { string: "linear" } }),
    coordinate_transformation_mode: { string: coordinates(mode, align_corners) },
  });
}

function coordinates(mode: Sampling["mode"], alignCorners: boolean): string {
  if (mode === "nearest") return "asymmetric";
  return alignCorners ? "align_corners" : "half_pixel";
}
