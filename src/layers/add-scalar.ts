/** The operator `+` on a tensor and a number. */
import { op } from "./onnx.ts";
import { scalarArithmetic } from "./shared/scalar-arithmetic.ts";

export const addScalar = scalarArithmetic({
  kind: "add_scalar",
  summary: "Adds a number to every element: x + scalar.",
  source: "PyTorch torch.add",
  value: (x, scalar) => x + scalar,
  derivative: () => 1,
  onnx: (x, scalar) => op("Add", [x, scalar]),
});
