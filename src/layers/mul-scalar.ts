/** The operator `*` on a tensor and a number. */
import { multiply } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { scalarArithmetic } from "./shared/scalar-arithmetic.ts";

export const mulScalar = scalarArithmetic({
  kind: "mul_scalar",
  summary: "Multiplies every element by a number: x * scalar.",
  source: "PyTorch torch.mul",
  value: (x, scalar) => x * scalar,
  derivative: (_, scalar) => scalar,
  element: (x, scalar) => multiply(x, scalar),
  onnx: (x, scalar) => op("Mul", [x, scalar]),
});
