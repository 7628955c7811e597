/** Mish: a smooth activation like silu, used by YOLOv4. */
import { add, divide, expUpTo, min, multiply } from "../graph/element.ts";
import { op } from "./onnx.ts";
import { activation } from "./shared/activation.ts";
import { logistic, softplusOf } from "./shared/sigmoid.ts";

export const mish = activation({
  kind: "mish",
  summary: "Multiplies each value by tanh(softplus(x)).",
  source: "PyTorch Mish; Misra, 2019",
  parameters: {},
  value: (x) => x * Math.tanh(softplusOf(x)),
  derivative: (x) => {
    const t = Math.tanh(softplusOf(x));
    return t + x * (1 - t * t) * logistic(x);
  },
  element: (x) => {
    // tanh(ln(1 + e^x)) is the quotient of `e^2x + 2·e^x` and the same plus 2; where e^2x would
    // overflow, it has long been 1.
    const power = expUpTo(min(x, 40));
    const square = add(multiply(power, power), add(power, power));
    return multiply(x, divide(square, add(square, 2)));
  },
  onnx: ({ opset, inputs: [x] }) =>
    opset >= 18 ? op("Mish", [x]) : op("Mul", [x, op("Tanh", [op("Softplus", [x])])]),
});
