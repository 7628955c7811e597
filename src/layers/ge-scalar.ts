/** The operator `>=` on a tensor and a number: a mask. */
import { ifLessOrEqual } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { maskOf } from "./shared/mask.ts";
import { scalarArithmetic } from "./shared/scalar-arithmetic.ts";

export const geScalar = scalarArithmetic({
  kind: "ge_scalar",
  summary: "Gives 1 where an element is at least a number, else 0: x >= scalar.",
  source: "PyTorch torch.ge",
  value: (x, scalar) => (x >= scalar ? 1 : 0),
  derivative: "none",
  element: (x, scalar) => ifLessOrEqual(scalar, x, 1, 0),
  onnx: (x, scalar) => maskOf(op("GreaterOrEqual", [x, scalar])),
});
