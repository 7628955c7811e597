/** The operator `==` on a tensor and a number: a mask. */
import { ifEqual } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { maskOf } from "./shared/mask.ts";
import { scalarArithmetic } from "./shared/scalar-arithmetic.ts";

export const eqScalar = scalarArithmetic({
  kind: "eq_scalar",
  summary: "Gives 1 where an element equals a number, else 0: x == scalar.",
  source: "PyTorch torch.eq",
  value: (x, scalar) => (x === scalar ? 1 : 0),
  derivative: "none",
  element: (x, scalar) => ifEqual(x, scalar, 1, 0),
  onnx: (x, scalar) => maskOf(op("Equal", [x, scalar])),
});
