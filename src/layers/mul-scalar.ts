/** The operator `*` on a tensor and a number. */
import { op } from "./onnx.ts";
import { scalarArithmetic } from "./shared/scalar-arithmetic.ts";

export const mulScalar = scalarArithmetic({
  kind: "mul_scalar",
  summary: "Multiplies every element by a number: x * scalar.",
  source: "PyTorch torch.mul",
  value: (x, scalar) => x * scalar,
  derivative: (_, scalar) => scalar,
  onnx: (x, scalar) => op("Mul", [x, scalar]),
});
