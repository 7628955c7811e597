/** The smaller of two values. */
import { min } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { arithmetic } from "./shared/arithmetic.ts";
import { share } from "./shared/ties.ts";

export const minimum = arithmetic({
  kind: "minimum",
  summary: "Takes the smaller of two elements; sizes of 1 stretch.",
  source: "PyTorch torch.minimum",
  value: Math.min,
  /** Equal elements share the gradient, as in PyTorch. */
  derivatives: (a, b) => [share(b, a), share(a, b)],
  element: min,
  onnx: (inputs) => op("Min", inputs),
});
