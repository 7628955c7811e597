/** One divided by the square root. */
import { divide, sqrt } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { activation } from "./shared/activation.ts";

export const rsqrt = activation({
  kind: "rsqrt",
  category: "function",
  summary: "Divides 1 by the square root of each value; not a number below 0.",
  source: "PyTorch torch.rsqrt",
  parameters: {},
  value: (x) => 1 / Math.sqrt(x),
  derivative: (x) => -0.5 / (x * Math.sqrt(x)),
  element: (x) => divide(1, sqrt(x)),
  onnx: ({ inputs: [x] }) => op("Reciprocal", [op("Sqrt", [x])]),
});
