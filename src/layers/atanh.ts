/** The inverse of the hyperbolic tangent. */
import {
  abs,
  add,
  divide,
  ifEqual,
  ifLess,
  log1p,
  multiply,
  negate,
  subtract,
} from "../graph/element.ts";
import { op } from "./onnx.ts";
import { activation } from "./shared/activation.ts";

export const atanh = activation({
  kind: "atanh",
  category: "function",
  summary: "The number whose hyperbolic tangent is x; not a number beyond -1 … 1.",
  source: "PyTorch torch.atanh",
  parameters: {},
  value: Math.atanh,
  derivative: (x) => 1 / (1 - x * x),
  element: (x) => {
    const size = abs(x);
    const inside = multiply(0.5, log1p(divide(add(size, size), subtract(1, size))));
    const atEnd = ifEqual(size, 1, Number.POSITIVE_INFINITY, Number.NaN);
    const value = ifLess(size, 1, inside, atEnd);
    return ifLess(x, 0, negate(value), value);
  },
  onnx: ({ inputs: [x] }) => op("Atanh", [x]),
});
