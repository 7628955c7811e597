/** The operator `>=` on two tensors: a mask. */
import { ifLessOrEqual } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { arithmetic } from "./shared/arithmetic.ts";
import { maskOf } from "./shared/mask.ts";

export const ge = arithmetic({
  kind: "ge",
  summary: "Gives 1 where an element is at least the other tensor's, else 0; sizes of 1 stretch.",
  source: "PyTorch torch.ge",
  value: (a, b) => (a >= b ? 1 : 0),
  derivatives: "none",
  element: (a, b) => ifLessOrEqual(b, a, 1, 0),
  onnx: ([a, b]) => maskOf(op("GreaterOrEqual", [a, b])),
});
