/** One divided by each value. */
import { divide } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { activation } from "./shared/activation.ts";

export const reciprocal = activation({
  kind: "reciprocal",
  category: "function",
  summary: "Divides 1 by each value.",
  source: "PyTorch torch.reciprocal",
  parameters: {},
  value: (x) => 1 / x,
  derivative: (x) => -1 / (x * x),
  element: (x) => divide(1, x),
  onnx: ({ inputs: [x] }) => op("Reciprocal", [x]),
});
