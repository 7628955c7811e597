/** The inverse of the sine. */
import { asin as asinOf } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { activation } from "./shared/activation.ts";

export const asin = activation({
  kind: "asin",
  category: "function",
  summary: "The angle whose sine is x, -π/2 … π/2; not a number beyond -1 … 1.",
  source: "PyTorch torch.asin",
  parameters: {},
  value: Math.asin,
  derivative: (x) => 1 / Math.sqrt(1 - x * x),
  element: asinOf,
  onnx: ({ inputs: [x] }) => op("Asin", [x]),
});
