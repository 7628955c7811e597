/** The operator `<` on two tensors: a mask. */
import { ifLess } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { arithmetic } from "./shared/arithmetic.ts";
import { maskOf } from "./shared/mask.ts";

export const lt = arithmetic({
  kind: "lt",
  summary:
    "Gives 1 where an element is smaller than the other tensor's, else 0; sizes of 1 stretch.",
  source: "PyTorch torch.lt",
  value: (a, b) => (a < b ? 1 : 0),
  derivatives: "none",
  element: (a, b) => ifLess(a, b, 1, 0),
  onnx: ([a, b]) => maskOf(op("Less", [a, b])),
});
