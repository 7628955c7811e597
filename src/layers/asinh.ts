/** The inverse of the hyperbolic sine. */
import { abs, add, divide, ifLess, log1p, multiply, negate, sqrt } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { activation } from "./shared/activation.ts";
import { logarithm } from "./shared/logarithm.ts";

export const asinh = activation({
  kind: "asinh",
  category: "function",
  summary: "The number whose hyperbolic sine is x.",
  source: "PyTorch torch.asinh",
  parameters: {},
  value: Math.asinh,
  derivative: (x) => 1 / Math.sqrt(x * x + 1),
  element: (x) => {
    // ln(x + √(x² + 1)), arranged so that small x lose nothing.
    const size = abs(x);
    const square = multiply(size, size);
    const near = log1p(add(size, divide(square, add(1, sqrt(add(square, 1))))));
    // Where the square would overflow, the 1 beside it has long been lost.
    const value = ifLess(1e9, size, add(logarithm(size), Math.LN2), near);
    return ifLess(x, 0, negate(value), value);
  },
  onnx: ({ inputs: [x] }) => op("Asinh", [x]),
});
