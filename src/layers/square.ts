/** Each value times itself. */
import { multiply } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { activation } from "./shared/activation.ts";

export const square = activation({
  kind: "square",
  category: "function",
  summary: "Multiplies each value by itself.",
  source: "PyTorch torch.square",
  parameters: {},
  value: (x) => x * x,
  derivative: (x) => 2 * x,
  element: (x) => multiply(x, x),
  onnx: ({ inputs: [x] }) => op("Mul", [x, x]),
});
