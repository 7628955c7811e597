/** The operator `>` on two tensors: a mask. */
import { ifLess } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { arithmetic } from "./shared/arithmetic.ts";
import { maskOf } from "./shared/mask.ts";

export const gt = arithmetic({
  kind: "gt",
  summary:
    "Gives 1 where an element is larger than the other tensor's, else 0; sizes of 1 stretch.",
  source: "PyTorch torch.gt",
  value: (a, b) => (a > b ? 1 : 0),
  derivatives: "none",
  element: (a, b) => ifLess(b, a, 1, 0),
  onnx: ([a, b]) => maskOf(op("Greater", [a, b])),
});
