/** The operator `!=` on a tensor and a number: a mask. */
import { ifEqual } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { maskOf } from "./shared/mask.ts";
import { scalarArithmetic } from "./shared/scalar-arithmetic.ts";

export const neScalar = scalarArithmetic({
  kind: "ne_scalar",
  summary: "Gives 1 where an element differs from a number, else 0: x != scalar.",
  source: "PyTorch torch.ne",
  value: (x, scalar) => (x !== scalar ? 1 : 0),
  derivative: "none",
  element: (x, scalar) => ifEqual(x, scalar, 0, 1),
  onnx: (x, scalar) => maskOf(op("Not", [op("Equal", [x, scalar])])),
});
