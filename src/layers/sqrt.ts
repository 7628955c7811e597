/** The square root. */
import { sqrt as sqrtOf } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { activation } from "./shared/activation.ts";

export const sqrt = activation({
  kind: "sqrt",
  category: "function",
  summary: "The square root; not a number below 0.",
  source: "PyTorch torch.sqrt",
  parameters: {},
  value: Math.sqrt,
  derivative: (x) => 0.5 / Math.sqrt(x),
  element: sqrtOf,
  onnx: ({ inputs: [x] }) => op("Sqrt", [x]),
});
