/** The inverse of the hyperbolic cosine. */
import { add, ifLess, log1p, multiply, sqrt, subtract } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { activation } from "./shared/activation.ts";
import { logarithm } from "./shared/logarithm.ts";

export const acosh = activation({
  kind: "acosh",
  category: "function",
  summary: "The x ≥ 0 whose hyperbolic cosine it is; not a number below 1.",
  source: "PyTorch torch.acosh",
  parameters: {},
  value: Math.acosh,
  derivative: (x) => 1 / Math.sqrt(x * x - 1),
  element: (x) => {
    const beyond = subtract(x, 1);
    const root = sqrt(add(add(beyond, beyond), multiply(beyond, beyond)));
    // Where squares would overflow, the 1 has long been lost.
    const value = ifLess(1e9, x, add(logarithm(x), Math.LN2), log1p(add(beyond, root)));
    return ifLess(x, 1, Number.NaN, value);
  },
  onnx: ({ inputs: [x] }) => op("Acosh", [x]),
});
