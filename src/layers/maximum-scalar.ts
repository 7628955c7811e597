/** The larger of a value and a number. */
import { max } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { scalarArithmetic } from "./shared/scalar-arithmetic.ts";
import { share } from "./shared/ties.ts";

export const maximumScalar = scalarArithmetic({
  kind: "maximum_scalar",
  summary: "Takes the larger of each element and a number.",
  source: "PyTorch torch.clamp",
  value: Math.max,
  derivative: (x, scalar) => share(x, scalar),
  element: max,
  onnx: (x, scalar) => op("Max", [x, scalar]),
});
