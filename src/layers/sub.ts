/** The operator `-` on two tensors. */
import { subtract } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { arithmetic } from "./shared/arithmetic.ts";

export const sub = arithmetic({
  kind: "sub",
  summary: "Subtracts the second tensor from the first, element by element; sizes of 1 stretch.",
  source: "PyTorch torch.sub",
  value: (a, b) => a - b,
  derivatives: () => [1, -1],
  element: subtract,
  onnx: (inputs) => op("Sub", inputs),
});
