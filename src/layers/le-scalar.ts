/** The operator `<=` on a tensor and a number: a mask. */
import { ifLessOrEqual } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { maskOf } from "./shared/mask.ts";
import { scalarArithmetic } from "./shared/scalar-arithmetic.ts";

export const leScalar = scalarArithmetic({
  kind: "le_scalar",
  summary: "Gives 1 where an element is at most a number, else 0: x <= scalar.",
  source: "PyTorch torch.le",
  value: (x, scalar) => (x <= scalar ? 1 : 0),
  derivative: "none",
  element: (x, scalar) => ifLessOrEqual(x, scalar, 1, 0),
  onnx: (x, scalar) => maskOf(op("LessOrEqual", [x, scalar])),
});
