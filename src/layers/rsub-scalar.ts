/** The operator `-` on a number and a tensor: `1 - gate`. */
import { subtract } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { scalarArithmetic } from "./shared/scalar-arithmetic.ts";

export const rsubScalar = scalarArithmetic({
  kind: "rsub_scalar",
  summary: "Subtracts every element from a number: scalar - x.",
  source: "PyTorch torch.rsub",
  value: (x, scalar) => scalar - x,
  derivative: () => -1,
  element: (x, scalar) => subtract(scalar, x),
  onnx: (x, scalar) => op("Sub", [scalar, x]),
});
