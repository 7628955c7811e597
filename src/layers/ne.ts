/** The operator `!=` on two tensors: a mask. */
import { ifEqual } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { arithmetic } from "./shared/arithmetic.ts";
import { maskOf } from "./shared/mask.ts";

export const ne = arithmetic({
  kind: "ne",
  summary: "Gives 1 where an element differs from the other tensor's, else 0; sizes of 1 stretch.",
  source: "PyTorch torch.ne",
  value: (a, b) => (a !== b ? 1 : 0),
  derivatives: "none",
  element: (a, b) => ifEqual(a, b, 0, 1),
  onnx: ([a, b]) => maskOf(op("Not", [op("Equal", [a, b])])),
});
