/** The operator `/` on a tensor and a number. */
import { divide } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { scalarArithmetic } from "./shared/scalar-arithmetic.ts";

export const divScalar = scalarArithmetic({
  kind: "div_scalar",
  summary: "Divides every element by a number: x / scalar.",
  source: "PyTorch torch.div",
  value: (x, scalar) => x / scalar,
  derivative: (_, scalar) => 1 / scalar,
  element: (x, scalar) => divide(x, scalar),
  onnx: (x, scalar) => op("Div", [x, scalar]),
});
