/** The inverse of the cosine. */
import { asin, subtract } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { activation } from "./shared/activation.ts";

export const acos = activation({
  kind: "acos",
  category: "function",
  summary: "The angle whose cosine is x, 0 … π; not a number beyond -1 … 1.",
  source: "PyTorch torch.acos",
  parameters: {},
  value: Math.acos,
  derivative: (x) => -1 / Math.sqrt(1 - x * x),
  element: (x) => subtract(Math.PI / 2, asin(x)),
  onnx: ({ inputs: [x] }) => op("Acos", [x]),
});
