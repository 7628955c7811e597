/** The operator `/` on two tensors. */
import { divide } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { arithmetic } from "./shared/arithmetic.ts";

export const div = arithmetic({
  kind: "div",
  summary: "Divides the first tensor by the second, element by element; sizes of 1 stretch.",
  source: "PyTorch torch.div",
  value: (a, b) => a / b,
  derivatives: (a, b) => [1 / b, -a / (b * b)],
  element: divide,
  onnx: (inputs) => op("Div", inputs),
});
