/** The operator `-` on a tensor and a number. */
import { subtract } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { scalarArithmetic } from "./shared/scalar-arithmetic.ts";

export const subScalar = scalarArithmetic({
  kind: "sub_scalar",
  summary: "Subtracts a number from every element: x - scalar.",
  source: "PyTorch torch.sub",
  value: (x, scalar) => x - scalar,
  derivative: () => 1,
  element: (x, scalar) => subtract(x, scalar),
  onnx: (x, scalar) => op("Sub", [x, scalar]),
});
