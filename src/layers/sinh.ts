/** The hyperbolic sine. */
import {
  type Element,
  abs,
  add,
  divide,
  ifLess,
  multiply,
  number,
  subtract,
} from "../graph/element.ts";
import { op } from "./onnx.ts";
import { activation } from "./shared/activation.ts";
import { exponential } from "./shared/exponential.ts";

/** Of sinh x / x in x², highest power first: 1 / (2n + 1)!. */
const COEFFICIENTS = [1 / 362880, 1 / 5040, 1 / 120, 1 / 6, 1];

export const sinh = activation({
  kind: "sinh",
  category: "function",
  summary: "The hyperbolic sine: (exp(x) - exp(-x)) / 2.",
  source: "PyTorch torch.sinh",
  parameters: {},
  value: Math.sinh,
  derivative: Math.cosh,
  tolerance: 2e-6,
  element: (x) => {
    const power = exponential(x);
    const far = multiply(0.5, subtract(power, divide(1, power)));
    // Near 0 the difference would lose its digits: Taylor's series.
    const square = multiply(x, x);
    const series = COEFFICIENTS.reduce<Element>(
      (sum, c) => add(multiply(sum, square), c),
      number(0),
    );
    return ifLess(abs(x), 1, multiply(x, series), far);
  },
  onnx: ({ inputs: [x] }) => op("Sinh", [x]),
});
