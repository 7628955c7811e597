/** The hyperbolic cosine. */
import { add, divide, multiply } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { activation } from "./shared/activation.ts";
import { exponential } from "./shared/exponential.ts";

export const cosh = activation({
  kind: "cosh",
  category: "function",
  summary: "The hyperbolic cosine: (exp(x) + exp(-x)) / 2.",
  source: "PyTorch torch.cosh",
  parameters: {},
  value: Math.cosh,
  derivative: Math.sinh,
  tolerance: 2e-6,
  element: (x) => {
    const power = exponential(x);
    return multiply(0.5, add(power, divide(1, power)));
  },
  onnx: ({ inputs: [x] }) => op("Cosh", [x]),
});
