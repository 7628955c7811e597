/** The larger of two values. */
import { max } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { arithmetic } from "./shared/arithmetic.ts";
import { share } from "./shared/ties.ts";

export const maximum = arithmetic({
  kind: "maximum",
  summary: "Takes the larger of two elements; sizes of 1 stretch.",
  source: "PyTorch torch.maximum",
  value: Math.max,
  /** Equal elements share the gradient, as in PyTorch. */
  derivatives: (a, b) => [share(a, b), share(b, a)],
  element: max,
  onnx: (inputs) => op("Max", inputs),
});
