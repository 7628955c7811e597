/** The operator `+` on a tensor and a number. */
import { add } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { scalarArithmetic } from "./shared/scalar-arithmetic.ts";

export const addScalar = scalarArithmetic({
  kind: "add_scalar",
  summary: "Adds a number to every element: x + scalar.",
  source: "PyTorch torch.add",
  value: (x, scalar) => x + scalar,
  derivative: () => 1,
  element: (x, scalar) => add(x, scalar),
  onnx: (x, scalar) => op("Add", [x, scalar]),
});
