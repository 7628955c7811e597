/** The operator `>` on a tensor and a number: a mask. */
import { ifLess } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { maskOf } from "./shared/mask.ts";
import { scalarArithmetic } from "./shared/scalar-arithmetic.ts";

export const gtScalar = scalarArithmetic({
  kind: "gt_scalar",
  summary: "Gives 1 where an element is larger than a number, else 0: x > scalar.",
  source: "PyTorch torch.gt",
  value: (x, scalar) => (x > scalar ? 1 : 0),
  derivative: "none",
  element: (x, scalar) => ifLess(scalar, x, 1, 0),
  onnx: (x, scalar) => maskOf(op("Greater", [x, scalar])),
});
