/** The operator `==` on two tensors: a mask. */
import { ifEqual } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { arithmetic } from "./shared/arithmetic.ts";
import { maskOf } from "./shared/mask.ts";

export const eq = arithmetic({
  kind: "eq",
  summary: "Gives 1 where an element equals the other tensor's, else 0; sizes of 1 stretch.",
  source: "PyTorch torch.eq",
  value: (a, b) => (a === b ? 1 : 0),
  derivatives: "none",
  element: (a, b) => ifEqual(a, b, 1, 0),
  onnx: ([a, b]) => maskOf(op("Equal", [a, b])),
});
