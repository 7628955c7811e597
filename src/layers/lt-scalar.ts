/** The operator `<` on a tensor and a number: a mask. */
import { ifLess } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { maskOf } from "./shared/mask.ts";
import { scalarArithmetic } from "./shared/scalar-arithmetic.ts";

export const ltScalar = scalarArithmetic({
  kind: "lt_scalar",
  summary: "Gives 1 where an element is smaller than a number, else 0: x < scalar.",
  source: "PyTorch torch.lt",
  value: (x, scalar) => (x < scalar ? 1 : 0),
  derivative: "none",
  element: (x, scalar) => ifLess(x, scalar, 1, 0),
  onnx: (x, scalar) => maskOf(op("Less", [x, scalar])),
});
