/** The exponential function. */
import { op } from "./onnx.ts";
import { activation } from "./shared/activation.ts";
import { exponential } from "./shared/exponential.ts";

export const exp = activation({
  kind: "exp",
  category: "function",
  summary: "Raises e to each value.",
  source: "PyTorch torch.exp",
  parameters: {},
  value: Math.exp,
  derivative: Math.exp,
  tolerance: 2e-6,
  element: exponential,
  onnx: ({ inputs: [x] }) => op("Exp", [x]),
});
