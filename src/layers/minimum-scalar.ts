/** The smaller of a value and a number. */
import { min } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { scalarArithmetic } from "./shared/scalar-arithmetic.ts";
import { share } from "./shared/ties.ts";

export const minimumScalar = scalarArithmetic({
  kind: "minimum_scalar",
  summary: "Takes the smaller of each element and a number.",
  source: "PyTorch torch.clamp",
  value: Math.min,
  derivative: (x, scalar) => share(scalar, x),
  element: min,
  onnx: (x, scalar) => op("Min", [x, scalar]),
});
