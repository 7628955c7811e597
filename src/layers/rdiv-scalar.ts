/** The operator `/` on a number and a tensor. */
import { divide } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { scalarArithmetic } from "./shared/scalar-arithmetic.ts";

export const rdivScalar = scalarArithmetic({
  kind: "rdiv_scalar",
  summary: "Divides a number by every element: scalar / x.",
  source: "PyTorch torch.div with a number in front",
  value: (x, scalar) => scalar / x,
  derivative: (x, scalar) => -scalar / (x * x),
  element: (x, scalar) => divide(scalar, x),
  onnx: (x, scalar) => op("Div", [scalar, x]),
});
